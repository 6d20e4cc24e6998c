namespace Pier.Store.Trees;

/// <summary>Docker's kinds of changes, with the wire's numbers.</summary>
public enum ChangeKind
{
    Modified = 0,
    Added = 1,
    Deleted = 2,
}

/// <summary>A path ("/etc/hosts") that a container's file system has otherwise than its image.</summary>
public readonly record struct TreeChange(string Path, ChangeKind Kind);
