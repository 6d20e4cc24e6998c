using Microsoft.Win32.SafeHandles;

namespace Pier.Store.Logs;

/// <summary>An open file of a container's log. The descriptor keeps what was rotated away.</summary>
public sealed class LogFile : IDisposable
{
    readonly FileStream? _compressed;
    readonly LogIdentity _origin;
    SafeFileHandle? _content;

    internal LogFile(SafeFileHandle content, ulong inode) => (_content, Inode) = (content, inode);

    internal LogFile(FileStream compressed, LogIdentity identity) => (_compressed, _origin, Inode) = (compressed, identity, identity.Inode);

    /// <summary>The file in which the supervisor wrote it. Numbers of files that are gone are used again: it alone names nothing.</summary>
    public ulong Inode { get; }

    /// <summary>Which file it is among all that the log ever had; final when the file was rotated away.</summary>
    public LogIdentity Identity => _compressed is not null ? _origin : Border.Cross(() => LogIdentity.Of(_content!));

    /// <summary>It was rotated away, and compressed since.</summary>
    public bool IsCompressed => _compressed is not null;

    /// <summary>
    /// Whether both are the same file, by either form. Two that are open at once and have one number are the same; a compressed one's
    /// number may be another's now.
    /// </summary>
    internal bool Is(LogFile other) => Inode == other.Inode && ((!IsCompressed && !other.IsCompressed) || Identity == other.Identity);

    /// <summary>The content, plain; a compressed file is unpacked when it is first asked for.</summary>
    public SafeFileHandle Handle => _content ??= Border.Cross(() => CompressedLog.Unpack(_compressed!));

    public void Dispose()
    {
        _content?.Dispose();
        _compressed?.Dispose();
    }
}
