namespace Pier.Store.Quotas;

/// <summary>
/// A file system's way to bound what a tree takes. Limits are in bytes, above 0. Errors are the kernel's: the store translates.
/// </summary>
interface ITreeQuota
{
    /// <summary>Makes an empty directory that holds so much and no more; false when something is there already.</summary>
    bool TryMakeDirectory(string path, uint mode, long limit);

    /// <summary>Sets the limit of a directory that <see cref="TryMakeDirectory"/> made, anew.</summary>
    void SetLimit(string directory, long limit);
}
