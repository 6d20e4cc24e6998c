using System.Runtime.InteropServices;
using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>One compilation's state: the builder, the imports by name, and the building blocks that every section uses.</summary>
sealed class Compilation
{
    readonly Dictionary<string, Slot> _imports = [];
    readonly Dictionary<(ulong, ulong), DataPointer> _hows = [];

    public Compilation(HostFacts host, LaunchFacts facts, Architecture architecture)
    {
        (Host, Facts) = (host, facts);
        Builder = new ProgramBuilder(architecture);
    }

    public ProgramBuilder Builder { get; }
    public HostFacts Host { get; }
    public LaunchFacts Facts { get; }

    /// <summary>A path resolution that cannot leave the container's root nor pass through /proc/PID/fd and the like.</summary>
    public const ulong InRoot = OpenFlags.ResolveInRoot | OpenFlags.ResolveNoMagiclinks;

    /// <summary>The same without any symlink: for /proc, /sys and /dev, which an image must not redirect.</summary>
    public const ulong InRootStrict = InRoot | OpenFlags.ResolveNoSymlinks;

    public void Import(string name) => _imports.Add(name, Builder.Import(name));

    public bool Has(string name) => _imports.ContainsKey(name);

    public Slot Imported(string name) =>
        _imports.TryGetValue(name, out var slot) ? slot : throw new InvalidOperationException($"the launch facts name no {name}");

    public DataPointer How(int flags, ulong resolve)
    {
        if (!_hows.TryGetValue(((ulong)flags, resolve), out var how))
            how = _hows[((ulong)flags, resolve)] = Builder.Struct(new OpenHow((ulong)flags | OpenFlags.CloseOnExec, 0, resolve));
        return how;
    }

    /// <summary>Opens what must be there.</summary>
    public Slot Open(Slot directory, string path, int flags, ulong resolve) =>
        Builder.CallInto(Syscall.Openat2, directory, Builder.Text(path), How(flags, resolve), OpenHow.Size);

    /// <summary>Opens what may be missing: the program then goes on at the label.</summary>
    public Slot OpenOrJump(Slot directory, string path, int flags, ulong resolve, Label missing) =>
        Builder.CallIntoOrJump(Errno.ENOENT, missing, Syscall.Openat2, directory, Builder.Text(path), How(flags, resolve), OpenHow.Size);

    /// <summary>Writes a text in one write(2), as proc and cgroup files want it.</summary>
    public void Write(Slot file, string text) =>
        Builder.Call(Syscall.Write, file, Builder.Text(text), System.Text.Encoding.UTF8.GetByteCount(text));

    /// <summary>Attaches a detached mount to an opened target.</summary>
    public void Attach(Slot mount, Slot target) =>
        Builder.Call(
            Syscall.MoveMount,
            mount,
            Builder.Text(""),
            target,
            Builder.Text(""),
            MountCalls.MoveMountFromEmptyPath | MountCalls.MoveMountToEmptyPath
        );

    /// <summary>A copy of a mount (or of a directory or file in one) as a detached mount.</summary>
    public Slot Copy(Slot from, string path = "", bool recursive = false) =>
        Builder.CallInto(
            Syscall.OpenTree,
            from,
            Builder.Text(path),
            MountCalls.OpenTreeClone
                | MountCalls.OpenTreeCloexec
                | (path.Length == 0 ? MountCalls.AtEmptyPath : 0)
                | (recursive ? MountCalls.AtRecursive : 0)
        );

    public void SetAttributes(Slot mount, MountAttributes set, MountAttributes clear = 0, bool recursive = false) =>
        Builder.Call(
            Syscall.MountSetattr,
            mount,
            Builder.Text(""),
            MountCalls.AtEmptyPath | (recursive ? MountCalls.AtRecursive : 0),
            Builder.Struct(new MountAttr((ulong)set, (ulong)clear, 0, 0)),
            MountAttr.Size
        );

    /// <summary>A new instance of a file system at an opened directory. The name "." pins the directory, no path is walked again.</summary>
    public void MountAt(Slot target, string source, string type, MountFlags flags, string? data)
    {
        Builder.Call(Syscall.Fchdir, target);
        Builder.Call(
            Syscall.Mount,
            Builder.Text(source),
            Builder.Text("."),
            Builder.Text(type),
            (ulong)flags,
            data is null ? 0 : Builder.Text(data)
        );
    }

    public static InvalidParameterException Invalid(string specPath, string problem) => new($"{specPath}: {problem}");
}
