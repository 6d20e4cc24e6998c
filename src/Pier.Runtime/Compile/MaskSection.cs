using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>Sysctls, read-only paths and masked paths, last of all mounts.</summary>
static class MaskSection
{
    public static void ReadonlyPaths(Compilation c, LinuxConfig? linux)
    {
        foreach (var path in linux?.ReadonlyPaths ?? [])
        {
            var b = c.Builder.About($"linux.readonlyPaths {path}");
            var done = b.NewLabel();
            var target = c.OpenOrJump(c.Imported("root"), Relative(path), OpenFlags.Path, Compilation.InRoot, done);
            var copy = c.Copy(target, recursive: true);
            c.SetAttributes(copy, MountAttributes.ReadOnly);
            c.Attach(copy, target);
            b.Bind(done);
        }
    }

    /// <summary>
    /// A file is covered by the container's own /dev/null, a node this program made on a tmpfs it made; a directory by an empty
    /// read-only tmpfs.
    /// </summary>
    public static void MaskedPaths(Compilation c, LinuxConfig? linux, Slot? nullDevice)
    {
        foreach (var path in linux?.MaskedPaths ?? [])
        {
            var b = c.Builder.About($"linux.maskedPaths {path}");
            Label done = b.NewLabel(),
                file = b.NewLabel();
            var target = c.OpenOrJump(c.Imported("root"), Relative(path), OpenFlags.Path, Compilation.InRoot, done);
            b.CallOrJump(Errno.ENOTDIR, file, Syscall.Fchdir, target);
            b.Call(
                Syscall.Mount,
                b.Text("tmpfs"),
                b.Text("."),
                b.Text("tmpfs"),
                (ulong)(MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec),
                b.Text("size=0k")
            );
            b.Jump(done);
            b.Bind(file);
            if (nullDevice is not { } source)
                source = c.Open(c.Imported("root"), "dev/null", OpenFlags.Path, Compilation.InRootStrict);
            c.Attach(c.Copy(source), target);
            b.Bind(done);
        }
    }

    public static void Sysctls(Compilation c, LinuxConfig? linux, NamespaceSection namespaces, Func<Slot> proc)
    {
        foreach (var (name, value) in (linux?.Sysctl ?? new Dictionary<string, string>()).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            Sysctl.Check(name, namespaces);
            c.Builder.About($"linux.sysctl {name}");
            var file = c.Open(
                proc(),
                "sys/" + Sysctl.Path(name),
                OpenFlags.WriteOnly,
                OpenFlags.ResolveBeneath | OpenFlags.ResolveNoSymlinks | OpenFlags.ResolveNoXdev
            );
            c.Write(file, value);
        }
    }

    static string Relative(string path) => Targets.Components(path) is { Length: > 0 } parts ? string.Join('/', parts) : ".";
}
