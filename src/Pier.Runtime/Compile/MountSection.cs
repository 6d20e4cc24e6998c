using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Linux.Namespaces;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>
/// The spec's mounts. Everything of the host comes in as a detached mount; the rest are new instances. /proc and /sys are attached after
/// the others, and what lies below them after that: a mount that an image's symlink leads to /proc is covered, not trusted.
/// </summary>
sealed class MountSection(Compilation c, Spec spec, NamespaceSection namespaces)
{
    readonly IReadOnlyList<Mount> _mounts = spec.Mounts ?? [];
    readonly Dictionary<int, Slot> _early = [];
    Slot? _delayedReadOnlyDev;

    /// <summary>
    /// A procfs of the container's own pid namespace, attached or not: sysctls and process attributes are written through it.
    /// </summary>
    public Slot Proc { get; private set; }

    bool HasOwnProc { get; set; }

    // Binds that runc allows below /proc, since they only replace what a file says (libcontainer, checkProcMount).
    static readonly string[] AllowedBelowProc =
    [
        "cpuinfo",
        "diskstats",
        "meminfo",
        "stat",
        "swaps",
        "uptime",
        "loadavg",
        "slabinfo",
        "net/dev",
        "sys/kernel/ns_last_pid",
        "sys/crypto/fips_enabled",
    ];

    /// <summary>
    /// Makes the procfs and sysfs instances while the host's are still mounted: in a user namespace the kernel only allows a new one
    /// where an old one is fully visible (fs/namespace.c, mount_too_revealing).
    /// </summary>
    public void MakeEarly()
    {
        for (var i = 0; i < _mounts.Count; i++)
        {
            if (_mounts[i].Type is not ("proc" or "sysfs") || c.Facts.Mounts.ContainsKey(i))
                continue;
            c.Builder.About(Subject(i));
            _early[i] = NewInstance(_mounts[i].Type!, MountOptions.Parse(_mounts[i].Options));
            if (_mounts[i].Type == "proc" && !HasOwnProc)
                (Proc, HasOwnProc) = (_early[i], true);
        }
    }

    /// <summary>A procfs for sysctls, when the spec mounts none.</summary>
    public Slot EnsureProc()
    {
        if (!HasOwnProc)
            (Proc, HasOwnProc) = (NewInstance("proc", MountOptions.Parse([])), true);
        return Proc;
    }

    public void Attach(Action<Slot> populateDev)
    {
        var devDone = false;
        for (var phase = 0; phase < 3; phase++)
        {
            for (var i = 0; i < _mounts.Count; i++)
            {
                if (Phase(i) != phase)
                    continue;
                var target = AttachOne(i);
                if (target is not { } dev || Path(i) != "dev")
                    continue;
                populateDev(dev);
                devDone = true;
            }
            if (phase != 0 || devDone)
                continue;
            c.Builder.About("linux.devices");
            // Without a /dev of its own the image's directory gets the devices; a bind of a host /dev is left alone.
            if (!HasBoundDev)
                populateDev(Targets.OpenOrCreate(c, c.Imported("root"), "/dev", directory: true, strict: true));
        }
    }

    public bool HasBoundDev => Enumerable.Range(0, _mounts.Count).Any(i => Path(i) == "dev" && c.Facts.Mounts.ContainsKey(i));

    /// <summary>/dev becomes read-only after its devices are made.</summary>
    public void SealDev()
    {
        if (_delayedReadOnlyDev is not { } dev)
            return;
        c.Builder.About("mounts /dev");
        c.SetAttributes(dev, MountAttributes.ReadOnly);
    }

    int Phase(int i)
    {
        var path = Path(i);
        if (path is "proc" or "sys")
            return 1;
        return path.StartsWith("proc/", StringComparison.Ordinal) || path.StartsWith("sys/", StringComparison.Ordinal) ? 2 : 0;
    }

    string Path(int i) => string.Join('/', Targets.Components(_mounts[i].Destination));

    string Subject(int i) => $"mounts[{i}] {_mounts[i].Destination}";

    /// <summary>Attaches one mount; gives the directory's slot as seen from above for /dev, otherwise null.</summary>
    Slot? AttachOne(int i)
    {
        var mount = _mounts[i];
        var path = Path(i);
        c.Builder.About(Subject(i));
        if (path.Length == 0)
            throw Compilation.Invalid($"mounts[{i}]", $"destination \"{mount.Destination}\" is the root itself");
        Check(i, path);
        var options = MountOptions.Parse(mount.Options);
        if (c.Facts.Mounts.TryGetValue(i, out var prepared))
        {
            c.Attach(c.Imported($"mount.{i}"), Targets.OpenOrCreate(c, c.Imported("root"), path, prepared.IsDirectory, Strict(path)));
            return null;
        }
        var target = Targets.OpenOrCreate(c, c.Imported("root"), path, directory: true, Strict(path));
        switch (mount.Type)
        {
            case "proc" or "sysfs":
                c.Attach(_early[i], target);
                return null;
            case "devpts" when c.Facts.Devpts:
                c.Attach(c.Imported("devpts"), target);
                return null;
            case "cgroup" or "cgroup2":
                CgroupMounts.Attach(c, namespaces.Own(CloneFlags.NewCgroup), i, options, target);
                return null;
            case "tmpfs" when path == "dev":
                return AttachDev(options, target);
            case "tmpfs" or "mqueue" or "devpts" or "ramfs":
                c.MountAt(
                    target,
                    mount.Source is { Length: > 0 } source ? source : mount.Type,
                    mount.Type,
                    options.Flags,
                    Data(i, options)
                );
                if (options.Propagation is var propagation and not 0 && (propagation & MountFlags.Private) == 0)
                    Propagate(path, propagation);
                return null;
            default:
                throw new InvalidOperationException($"{Subject(i)}: a mount of type \"{mount.Type}\" is prepared and handed in");
        }
    }

    Slot AttachDev(MountOptions options, Slot target)
    {
        var dev = NewInstance("tmpfs", options, without: MountAttributes.ReadOnly);
        c.Attach(dev, target);
        if ((options.Set & MountAttributes.ReadOnly) != 0)
            _delayedReadOnlyDev = dev;
        return dev;
    }

    void Propagate(string path, MountFlags propagation)
    {
        var opened = c.Open(c.Imported("root"), path, OpenFlags.Path | OpenFlags.Directory, Compilation.InRoot);
        c.Builder.Call(Syscall.Fchdir, opened);
        c.Builder.Call(Syscall.Mount, c.Builder.Text("none"), c.Builder.Text("."), c.Builder.Text("none"), (ulong)propagation, 0);
    }

    void Check(int i, string path)
    {
        if (path != "proc" && !path.StartsWith("proc/", StringComparison.Ordinal))
            return;
        if (path == "proc" && (_mounts[i].Type == "proc" || c.Facts.Mounts.GetValueOrDefault(i) is { IsProc: true }))
            return;
        if (path != "proc" && AllowedBelowProc.Contains(path["proc/".Length..]))
            return;
        throw Compilation.Invalid(Subject(i), $"\"{_mounts[i].Destination}\" cannot be mounted because it is inside /proc");
    }

    static bool Strict(string path) =>
        path is "proc" or "sys" or "dev"
        || path.StartsWith("proc/", StringComparison.Ordinal)
        || path.StartsWith("sys/", StringComparison.Ordinal)
        || path.StartsWith("dev/", StringComparison.Ordinal);

    string? Data(int i, MountOptions options)
    {
        var mode = c.Facts.TmpfsModes.TryGetValue(i, out var bits) ? "mode=" + Convert.ToString(bits, 8) : null;
        return options.Data.Count == 0 ? mode : string.Join(',', mode is null ? options.Data : [mode, .. options.Data]);
    }

    /// <summary>A new, detached instance of a file system of the kernel's own.</summary>
    Slot NewInstance(string type, MountOptions options, MountAttributes without = 0)
    {
        var b = c.Builder;
        var context = b.CallInto(Syscall.Fsopen, b.Text(type), MountCalls.FsopenCloexec);
        foreach (var option in options.Data)
        {
            var at = option.IndexOf('=');
            if (at < 0)
                b.Call(Syscall.Fsconfig, context, MountCalls.FsconfigSetFlag, b.Text(option), 0, 0);
            else
                b.Call(Syscall.Fsconfig, context, MountCalls.FsconfigSetString, b.Text(option[..at]), b.Text(option[(at + 1)..]), 0);
        }
        b.Call(Syscall.Fsconfig, context, MountCalls.FsconfigCmdCreate, 0, 0, 0);
        return b.CallInto(Syscall.Fsmount, context, MountCalls.FsmountCloexec, (ulong)(options.Set & ~without));
    }
}
