namespace Pier.Store.Builds;

/// <summary>
/// Which files of a directory are left out, by their path below it. A directory that is left out is still looked into: a file in it may be
/// wanted again.
/// </summary>
public sealed class TreeFilter(Func<string, bool, bool> leaves)
{
    /// <summary>Whether a path is left out.</summary>
    public bool Leaves(string path, bool isDirectory) => leaves(path, isDirectory);
}
