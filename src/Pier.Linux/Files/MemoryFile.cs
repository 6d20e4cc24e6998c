using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>A file that lives in memory only: memfd_create(2). The name is for /proc and people.</summary>
public static class MemoryFile
{
    const uint MFD_CLOEXEC = 1,
        MFD_ALLOW_SEALING = 2;

    public static SafeFileHandle Create(string name) =>
        FileCalls.Own(FileCalls.memfd_create(PathText.ToC(name, "memfd_create"), MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create", name);
}
