namespace Pier.Store.Trees;

/// <summary>How files are copied into a tree.</summary>
/// <param name="KeepKinds">Refuse to put a directory in a file's place and the other way round.</param>
/// <param name="Owner">Gives everything to this owner instead of the archive's.</param>
/// <param name="Outside">What owners are called where the root is seen from; null for the same.</param>
public sealed record CopyInOptions(
    bool KeepKinds,
    (uint Uid, uint Gid)? Owner = null,
    Func<uint, uint, (uint Uid, uint Gid)>? Outside = null
);
