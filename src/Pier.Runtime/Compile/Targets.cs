using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;

namespace Pier.Runtime.Compile;

/// <summary>
/// Opens mount targets inside the container's root, and makes those that are missing. No step leaves the root or trusts a string path
/// twice.
/// </summary>
static class Targets
{
    const int DirectoryMode = 0x1ed,
        FileType = 0x8000;

    /// <summary>The components of a path as seen from the root: "." and empty ones dropped, ".." cannot climb above it.</summary>
    public static string[] Components(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
        }
        return [.. parts];
    }

    /// <summary>Opens a directory or file (O_PATH) below the root; when it is missing, it and its parents are made first.</summary>
    public static Slot OpenOrCreate(Compilation c, Slot root, string path, bool directory, bool strict = false)
    {
        var parts = Components(path);
        var resolve = strict ? Compilation.InRootStrict : Compilation.InRoot;
        var flags = OpenFlags.Path | (directory ? OpenFlags.Directory : 0);
        if (parts.Length == 0)
            return c.Open(root, ".", flags, resolve);
        Label missing = c.Builder.NewLabel(),
            found = c.Builder.NewLabel();
        var relative = string.Join('/', parts);
        var target = c.OpenOrJump(root, relative, flags, resolve, missing);
        c.Builder.Jump(found);
        c.Builder.Bind(missing);
        var parent = MakeParents(c, root, parts, resolve);
        if (directory)
            c.Builder.CallUnless(Errno.EEXIST, Syscall.Mkdirat, parent, c.Builder.Text(parts[^1]), DirectoryMode);
        else
            c.Builder.CallUnless(Errno.EEXIST, Syscall.Mknodat, parent, c.Builder.Text(parts[^1]), FileType | DirectoryMode, 0);
        c.Builder.CallInto(target, Syscall.Openat2, root, c.Builder.Text(relative), c.How(flags, resolve), OpenHow.Size);
        c.Builder.Bind(found);
        return target;
    }

    /// <summary>Makes and opens the parent directories of a path one by one; the last one's slot, or the root's.</summary>
    public static Slot MakeParents(Compilation c, Slot root, string[] parts, ulong resolve)
    {
        var parent = root;
        for (var i = 0; i < parts.Length - 1; i++)
        {
            c.Builder.CallUnless(Errno.EEXIST, Syscall.Mkdirat, parent, c.Builder.Text(parts[i]), DirectoryMode);
            parent = c.Open(root, string.Join('/', parts[..(i + 1)]), OpenFlags.Path | OpenFlags.Directory, resolve);
        }
        return parent;
    }
}
