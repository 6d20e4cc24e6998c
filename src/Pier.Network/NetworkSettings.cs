using Pier.Linux;

namespace Pier.Network;

/// <summary>Settings under /proc/sys/net of the calling thread's network namespace (Documentation/networking/ip-sysctl.rst).</summary>
static class NetworkSettings
{
    const string Root = "/proc/sys/net/";

    /// <summary>The value, or null for a key that the kernel lacks.</summary>
    public static string? Read(string key)
    {
        try
        {
            return File.Exists(Root + key) ? File.ReadAllText(Root + key).TrimEnd() : null;
        }
        catch (IOException)
        {
            // The device went away in between.
            return null;
        }
    }

    /// <summary>Writes unless the value stands already; a key that the kernel lacks (IPv6 switched off) is left alone.</summary>
    /// <exception cref="LinuxException">The kernel or a read-only /proc/sys refused.</exception>
    public static void Set(string key, string value)
    {
        var path = Root + key;
        try
        {
            if (!File.Exists(path) || File.ReadAllText(path).TrimEnd() == value)
                return;
            File.WriteAllText(path, value);
        }
        catch (UnauthorizedAccessException)
        {
            throw new LinuxException("open", Errno.EACCES, path);
        }
        catch (IOException)
        {
            throw new LinuxException("write", Errno.EIO, path);
        }
    }
}
