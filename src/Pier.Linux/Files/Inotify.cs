using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>IN_* of inotify(7).</summary>
[Flags]
public enum InotifyMask : uint
{
    Access = 0x1,
    Modify = 0x2,
    Attributes = 0x4,
    CloseWrite = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Create = 0x100,
    Delete = 0x200,
    DeleteSelf = 0x400,
    MoveSelf = 0x800,
    QueueOverflow = 0x4000,
    Ignored = 0x8000,
}

/// <summary>One event: the watch, what happened, and the name inside a watched directory ("" for the watched file itself).</summary>
public readonly record struct InotifyEvent(int Watch, InotifyMask Mask, string Name);

/// <summary>A queue of file events: inotify(7). The descriptor is non-blocking and can be polled.</summary>
public sealed unsafe class Inotify : IDisposable
{
    const int IN_NONBLOCK = 0x800,
        IN_CLOEXEC = 0x80000;

    public SafeFileHandle Handle { get; } = FileCalls.Own(FileCalls.inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify_init1");

    /// <summary>Watches a path; the answer is the watch's number.</summary>
    public int Add(string path, InotifyMask mask) =>
        FileCalls.inotify_add_watch(Handle, PathText.ToC(path, "inotify_add_watch"), (uint)mask) is var watch and >= 0
            ? watch
            : throw FileCalls.Failed("inotify_add_watch", path);

    public void Remove(int watch) => FileCalls.Check(FileCalls.inotify_rm_watch(Handle, watch), "inotify_rm_watch");

    /// <summary>The events that are waiting; none when there are none.</summary>
    public IReadOnlyList<InotifyEvent> Read()
    {
        var buffer = new byte[16 << 10];
        nint length;
        fixed (byte* p = buffer)
            length = FileCalls.read(Handle, p, (nuint)buffer.Length);
        if (length < 0)
            return Marshal.GetLastPInvokeError() == Errno.EAGAIN ? [] : throw FileCalls.Failed("read", "inotify");
        return Parse(buffer.AsSpan(0, (int)length));
    }

    // struct inotify_event: wd i32, mask u32, cookie u32, len u32, name padded with NULs.
    static List<InotifyEvent> Parse(ReadOnlySpan<byte> records)
    {
        var events = new List<InotifyEvent>();
        while (records.Length >= 16)
        {
            var nameLength = (int)BinaryPrimitives.ReadUInt32LittleEndian(records[12..]);
            var name = records.Slice(16, nameLength).TrimEnd((byte)0);
            var (watch, mask) = (BinaryPrimitives.ReadInt32LittleEndian(records), BinaryPrimitives.ReadUInt32LittleEndian(records[4..]));
            events.Add(new InotifyEvent(watch, (InotifyMask)mask, PathText.Decode(name)));
            records = records[(16 + nameLength)..];
        }
        return events;
    }

    public void Dispose() => Handle.Dispose();
}
