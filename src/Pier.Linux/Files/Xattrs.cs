using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>
/// Extended attributes (xattr(7)) of a name in an open directory, of the name itself where it is a link: the l*xattr calls through the
/// directory's magic link, since the *xattrat calls are new in Linux 6.13.
/// </summary>
public static unsafe class Xattrs
{
    public static void Set(SafeFileHandle directory, string name, string attribute, byte[] value) =>
        FileCalls.Check(
            FileCalls.lsetxattr(Path(directory, name), PathText.ToC(attribute, "lsetxattr"), value, (nuint)value.Length, 0),
            "lsetxattr",
            $"{name} {attribute}"
        );

    /// <summary>The value, or null where there is none.</summary>
    public static byte[]? Get(SafeFileHandle directory, string name, string attribute)
    {
        var (path, key) = (Path(directory, name), PathText.ToC(attribute, "lgetxattr"));
        return ReadGrowing(
            buffer =>
            {
                fixed (byte* p = buffer)
                    return FileCalls.lgetxattr(path, key, p, (nuint)buffer.Length);
            },
            "lgetxattr",
            $"{name} {attribute}"
        );
    }

    /// <summary>The attributes' names; none where the file system knows no attributes.</summary>
    public static IReadOnlyList<string> List(SafeFileHandle directory, string name)
    {
        var path = Path(directory, name);
        var list = ReadGrowing(
            buffer =>
            {
                fixed (byte* p = buffer)
                    return FileCalls.llistxattr(path, p, (nuint)buffer.Length);
            },
            "llistxattr",
            name
        );
        return list is null or [] ? [] : PathText.Decode(list).TrimEnd('\0').Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    public static void Remove(SafeFileHandle directory, string name, string attribute) =>
        FileCalls.Check(
            FileCalls.lremovexattr(Path(directory, name), PathText.ToC(attribute, "lremovexattr")),
            "lremovexattr",
            $"{name} {attribute}"
        );

    static byte[] Path(SafeFileHandle directory, string name) => PathText.ToC($"{At.FdPath(directory)}/{name}", "xattr");

    static byte[]? ReadGrowing(Func<byte[], nint> read, string call, string subject)
    {
        for (var size = 256; ; size = 64 << 10)
        {
            var buffer = new byte[size];
            var length = read(buffer);
            if (length >= 0)
                return buffer[..(int)length];
            var errno = Marshal.GetLastPInvokeError();
            if (errno is Errno.ENODATA or Errno.EOPNOTSUPP)
                return null;
            if (errno != Errno.ERANGE || size > 256)
                throw new LinuxException(call, errno, subject);
        }
    }
}
