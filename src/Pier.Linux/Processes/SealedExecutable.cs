using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Files;
using Pier.Linux.Mounts;

namespace Pier.Linux.Processes;

/// <summary>
/// Runs this program from a read-only copy of its mount. A container that gets hold of /proc/PID/exe of a process of ours can then not open
/// it for writing (CVE-2019-5736), whatever the mode of the file.
/// </summary>
public static class SealedExecutable
{
    /// <summary>
    /// Becomes the same program with the same arguments, sealed; <paramref name="marker"/> is an environment variable by which it knows
    /// that it is; it holds the path, which the kernel does not know any more then (/proc/self/exe reads "/"). Returns where the kernel
    /// does not allow it (no right to mount, before Linux 5.12), or when it is sealed already.
    /// </summary>
    public static void Enter(string marker, IReadOnlyList<string> arguments)
    {
        if (Environment.GetEnvironmentVariable(marker) is not null || Environment.ProcessPath is not { } path)
            return;
        try
        {
            using var file = ReadOnlyCopy(path);
            string[] environment = [.. ThisProcess.Variables(), $"{marker}={path}"];
            ThisProcess.Execute(At.FdPath(file), [path, .. arguments], environment);
        }
        catch (LinuxException)
        {
            // Unsealed, then: as safe as the file's mode.
        }
    }

    /// <summary>
    /// The file of a program to execute by <see cref="At.FdPath"/>: then it is sealed from its first instruction. Null where the kernel
    /// does not allow it.
    /// </summary>
    public static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return ReadOnlyCopy(path);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    static SafeFileHandle ReadOnlyCopy(string path)
    {
        var copy = DetachedMount.Bind(path, recursive: false);
        DetachedMount.SetAttributes(copy, MountAttributes.ReadOnly, 0, MountFlags.Private);
        return copy;
    }
}
