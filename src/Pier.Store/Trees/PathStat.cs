namespace Pier.Store.Trees;

/// <summary>
/// What a path in a container is. Name is its last part as asked, Mode the kernel's st_mode, Modified in nanoseconds of the Unix epoch,
/// LinkTarget where a link leads inside the container ("" for what is no link).
/// </summary>
public sealed record PathStat(string Name, long Size, uint Mode, long Modified, string LinkTarget)
{
    public bool IsDirectory => (Mode & Linux.Files.ModeBits.TypeMask) == Linux.Files.ModeBits.Directory;
}
