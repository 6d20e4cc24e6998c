using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model.Runtime;

namespace Pier.Runtime.Users;

/// <summary>HOME for a process whose environment does not say: the image's passwd knows, otherwise it is "/".</summary>
static class HomeDirectory
{
    const int GreatestFile = 4 << 20;

    /// <summary>The process with HOME in its environment.</summary>
    public static Process Ensure(Process process, Func<SafeFileHandle> openRoot)
    {
        if (process.Env.Any(e => e.StartsWith("HOME=", StringComparison.Ordinal)))
            return process;
        using var root = openRoot();
        return process with { Env = [.. process.Env, "HOME=" + (Find(root, process.User.Uid) ?? "/")] };
    }

    static string? Find(SafeFileHandle root, uint uid)
    {
        try
        {
            using var passwd = At.FindIn(root, "etc/passwd", OpenFlags.ReadOnly);
            if (passwd is null || FileStat.Of(passwd) is not { IsRegular: true, Size: <= GreatestFile })
                return null;
            using var text = new StreamReader(new FileStream(passwd, FileAccess.Read, 4096));
            while (text.ReadLine() is { } line)
            {
                var fields = line.Split(':');
                if (
                    fields.Length > 5
                    && uint.TryParse(fields[2], out var id)
                    && id == uid
                    && fields[5].Length > 0
                    && !fields[5].Contains('\0')
                )
                    return fields[5];
            }
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            // An image's passwd that cannot be read holds no home.
        }
        return null;
    }
}
