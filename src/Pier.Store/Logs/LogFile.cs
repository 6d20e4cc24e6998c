using Microsoft.Win32.SafeHandles;

namespace Pier.Store.Logs;

/// <summary>An open file of a container's log. The descriptor keeps what was rotated away.</summary>
public sealed class LogFile : IDisposable
{
    readonly FileStream? _compressed;
    SafeFileHandle? _content;

    internal LogFile(SafeFileHandle content, ulong inode) => (_content, Inode) = (content, inode);

    internal LogFile(FileStream compressed, ulong inode) => (_compressed, Inode) = (compressed, inode);

    /// <summary>The file in which the supervisor wrote it.</summary>
    public ulong Inode { get; }

    /// <summary>The content, plain; a compressed file is unpacked when it is first asked for.</summary>
    public SafeFileHandle Handle => _content ??= Border.Cross(() => CompressedLog.Unpack(_compressed!));

    public void Dispose()
    {
        _content?.Dispose();
        _compressed?.Dispose();
    }
}
