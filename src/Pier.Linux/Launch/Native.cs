using System.Runtime.InteropServices;

namespace Pier.Linux.Launch;

static unsafe partial class Native
{
    public const int SIG_SETMASK = 2;
    public const int PROT_NONE = 0,
        PROT_READ = 1,
        PROT_WRITE = 2;
    public const int MAP_PRIVATE = 2,
        MAP_ANONYMOUS = 0x20,
        MAP_STACK = 0x20000,
        MAP_NORESERVE = 0x4000;

    [LibraryImport("libc", EntryPoint = "clone", SetLastError = true)]
    public static partial int Clone(nint function, byte* stack, int flags, void* argument, int* parentTid, void* tls, int* childTid);

    [LibraryImport("libc", EntryPoint = "__errno_location")]
    public static partial int* ErrnoLocation();

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    public static partial int SignalMask(int how, ulong* set, ulong* old);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);
}
