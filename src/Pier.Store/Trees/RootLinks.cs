using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Store.Trees;

/// <summary>
/// Where a path leads when every link in it is followed inside a root, also when nothing is there: what a client is told. Nothing is
/// opened by the answer here; whoever opens it resolves it again.
/// </summary>
static class RootLinks
{
    // MAXSYMLINKS of path_resolution(7) is 40; Docker counts to 255.
    const int MaxLinks = 255;

    /// <summary>An absolute path inside the root.</summary>
    internal static string Resolve(SafeFileHandle root, string path)
    {
        var (done, left, links) = (new List<string>(), new Stack<string>(), 0);
        Push(left, path);
        while (left.TryPop(out var part))
        {
            if (part is "" or ".")
                continue;
            if (part == "..")
            {
                if (done.Count > 0)
                    done.RemoveAt(done.Count - 1);
                continue;
            }
            if (LinkAt(root, done, part) is not { } target)
            {
                done.Add(part);
                continue;
            }
            if (++links > MaxLinks)
                throw new LinuxException("readlink", Errno.ELOOP, path);
            if (target.StartsWith('/'))
                done.Clear();
            Push(left, target);
        }
        return "/" + string.Join('/', done);
    }

    static void Push(Stack<string> left, string path)
    {
        var parts = path.Split('/');
        for (var i = parts.Length - 1; i >= 0; i--)
            left.Push(parts[i]);
    }

    static string? LinkAt(SafeFileHandle root, List<string> directory, string name)
    {
        try
        {
            using var parent = At.OpenIn(
                root,
                string.Join('/', directory),
                OpenFlags.Path | OpenFlags.Directory,
                Linux.Files.Resolve.InRoot | Linux.Files.Resolve.NoSymlinks
            );
            return FileStat.Find(parent, name) is { IsSymlink: true } ? At.ReadLink(parent, name) : null;
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EINVAL)
        {
            return null;
        }
    }
}
