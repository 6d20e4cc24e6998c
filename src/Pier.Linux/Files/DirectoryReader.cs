using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>DT_* of getdents64(2): what a directory says of an entry without a stat. File systems may answer Unknown.</summary>
public enum EntryType : byte
{
    Unknown = 0,
    Fifo = 1,
    CharDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    Regular = 8,
    Symlink = 10,
    Socket = 12,
}

/// <summary>One name of a directory.</summary>
public readonly record struct DirectoryEntry(string Name, EntryType Type, ulong Inode);

/// <summary>Lists open directories by getdents64(2), without "." and "..", in the file system's order.</summary>
public static class DirectoryReader
{
    const int BufferSize = 32 << 10;

    /// <summary>Every entry. The whole list is read before the caller changes the directory, so that nothing is seen twice.</summary>
    public static unsafe List<DirectoryEntry> Read(SafeFileHandle directory)
    {
        var entries = new List<DirectoryEntry>();
        var buffer = new byte[BufferSize];
        FileCalls.lseek(directory, 0, 0);
        while (true)
        {
            nint length;
            fixed (byte* p = buffer)
                length = FileCalls.getdents64(directory, p, BufferSize);
            if (length < 0)
                throw FileCalls.Failed("getdents64");
            if (length == 0)
                return entries;
            Append(buffer.AsSpan(0, (int)length), entries);
        }
    }

    // struct linux_dirent64: ino u64, off i64, reclen u16, type u8, name with a NUL.
    static void Append(ReadOnlySpan<byte> records, List<DirectoryEntry> entries)
    {
        while (records.Length > 0)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            var name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                entries.Add(
                    new DirectoryEntry(PathText.Decode(name), (EntryType)records[18], BinaryPrimitives.ReadUInt64LittleEndian(records))
                );
            records = records[length..];
        }
    }
}
