using System.Globalization;

namespace Pier.Linux.Files;

/// <summary>
/// The name under which the compressed form of a rotated log waits for the next rotation: the log's path, and which file it was made of.
/// The inode alone would not do, numbers are used again; a rotated file's modification time never changes.
/// </summary>
public static class CompressedName
{
    public const string Mark = ".gz-";

    public static string Of(string log, ulong inode, DateTime modified) =>
        string.Create(CultureInfo.InvariantCulture, $"{log}{Mark}{inode:x}-{modified.Ticks:x}");
}
