using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Logs;

/// <summary>
/// A file of a log: its number, and when it was written last (nanoseconds since the epoch), which never changes after its rotation.
/// </summary>
public readonly record struct LogIdentity(ulong Inode, long Modified)
{
    internal static LogIdentity Of(SafeFileHandle file)
    {
        var stat = FileStat.Of(file);
        return new LogIdentity(stat.Inode, stat.Modify.Seconds * 1_000_000_000 + stat.Modify.Nanoseconds);
    }
}
