namespace Pier.Engine.Containers;

/// <summary>Docker's kinds of changes; the numbers are the wire's.</summary>
public enum FileChangeKind
{
    Modified = 0,
    Added = 1,
    Deleted = 2,
}

/// <summary>A path that a container has otherwise than its image.</summary>
public readonly record struct FileChange(string Path, FileChangeKind Kind);

/// <summary>
/// What a path in a container is. Name is its last part as asked, Mode the kernel's st_mode, Modified in nanoseconds of the Unix epoch,
/// LinkTarget where a link leads inside the container ("" for what is no link).
/// </summary>
public sealed record PathStatView(string Name, long Size, uint Mode, long Modified, string LinkTarget);

/// <summary>
/// How files are copied in. KeepKinds refuses to replace a directory by a file or a file by a directory; OwnByUser gives them to the
/// container's user.
/// </summary>
public sealed record CopyIn(bool KeepKinds, bool OwnByUser);

/// <summary>A container that becomes an image. Config null: the container's own; Changes are Dockerfile instructions.</summary>
public sealed record CommitContainer(
    string? Repository,
    string? Tag,
    string Author,
    string Comment,
    bool Pause,
    Pier.Model.ContainerConfig? Config,
    IReadOnlyList<string> Changes
);
