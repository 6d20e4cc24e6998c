using System.Runtime.InteropServices;

namespace Pier.Linux;

/// <summary>errno values of Linux on x64 and arm64 (asm-generic/errno-base.h, errno.h) and their texts (man 3 errno).</summary>
public static class Errno
{
    public const int EPERM = 1,
        ENOENT = 2,
        ESRCH = 3,
        EINTR = 4,
        EIO = 5,
        ENXIO = 6,
        E2BIG = 7,
        ENOEXEC = 8,
        EBADF = 9,
        ECHILD = 10,
        EAGAIN = 11,
        ENOMEM = 12,
        EACCES = 13,
        EFAULT = 14,
        EBUSY = 16,
        EEXIST = 17,
        EXDEV = 18,
        ENODEV = 19,
        ENOTDIR = 20,
        EISDIR = 21,
        EINVAL = 22,
        ENFILE = 23,
        EMFILE = 24,
        ENOTTY = 25,
        ETXTBSY = 26,
        EFBIG = 27,
        ENOSPC = 28,
        ESPIPE = 29,
        EROFS = 30,
        EMLINK = 31,
        EPIPE = 32,
        ERANGE = 34,
        ENAMETOOLONG = 36,
        ENOSYS = 38,
        ENOTEMPTY = 39,
        ELOOP = 40,
        ENODATA = 61,
        EOVERFLOW = 75,
        ENOTSOCK = 88,
        EMSGSIZE = 90,
        EOPNOTSUPP = 95,
        EADDRINUSE = 98,
        EADDRNOTAVAIL = 99,
        ECONNRESET = 104,
        ENOBUFS = 105,
        ETIMEDOUT = 110,
        ECONNREFUSED = 111,
        EINPROGRESS = 115,
        EDQUOT = 122;

    /// <summary>The C library's text for an errno, in Docker's case: "no such file or directory".</summary>
    public static string Describe(int errno)
    {
        var text = Marshal.GetPInvokeErrorMessage(errno);
        if (text.Length == 0)
            return $"errno {errno}";
        // Go prints errno texts in lower case; clients and tests of Docker know them so.
        return char.ToLowerInvariant(text[0]) + text[1..];
    }
}
