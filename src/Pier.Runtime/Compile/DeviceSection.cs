using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>
/// The devices that every container has (config-linux.md, "Default Devices"), those of the spec, /dev/console and the links.
/// </summary>
sealed class DeviceSection(Compilation c, Spec spec, bool userNamespace)
{
    /// <summary>Devices that exist in every container, in the order in which they are made.</summary>
    public static readonly IReadOnlyList<LinuxDevice> Defaults =
    [
        Character("/dev/null", 1, 3),
        Character("/dev/zero", 1, 5),
        Character("/dev/full", 1, 7),
        Character("/dev/random", 1, 8),
        Character("/dev/urandom", 1, 9),
        Character("/dev/tty", 5, 0),
    ];

    static readonly (string Target, string Name)[] Links =
    [
        ("/proc/self/fd", "fd"),
        ("/proc/self/fd/0", "stdin"),
        ("/proc/self/fd/1", "stdout"),
        ("/proc/self/fd/2", "stderr"),
        ("/proc/kcore", "core"),
        ("pts/ptmx", "ptmx"),
    ];

    Slot? _console;

    /// <summary>The container's own /dev/null, for masking; unset when /dev is the host's.</summary>
    public Slot? Null { get; private set; }

    /// <summary>Defaults first, then the spec's; a spec's device of the same path wins. Import "device.N" counts in this list.</summary>
    public static IReadOnlyList<LinuxDevice> All(Spec spec)
    {
        var wanted = spec.Linux?.Devices ?? [];
        return [.. Defaults.Where(d => wanted.All(w => w.Path != d.Path)), .. wanted];
    }

    public void Populate(Slot dev)
    {
        var all = All(spec);
        for (var i = 0; i < all.Count; i++)
        {
            c.Builder.About($"linux.devices {all[i].Path}");
            Make(dev, i, all[i]);
        }
        c.Builder.About("linux.devices /dev/null");
        Null = c.Open(dev, "null", OpenFlags.Path, OpenFlags.ResolveBeneath | OpenFlags.ResolveNoSymlinks);
        c.Builder.About("linux.devices links");
        foreach (var (target, name) in Links)
            c.Builder.CallUnless(Errno.EEXIST, Syscall.Symlinkat, c.Builder.Text(target), dev, c.Builder.Text(name));
        if (spec.Process is { Terminal: true } && c.Facts.Devpts && (spec.Mounts ?? []).Any(m => m.Type == "devpts"))
            Console(dev);
    }

    void Make(Slot dev, int index, LinuxDevice device)
    {
        var (directory, name) = Place(dev, device.Path);
        if (userNamespace)
        {
            c.Builder.CallUnless(Errno.EEXIST, Syscall.Mknodat, directory, c.Builder.Text(name), 0x8000 | 0x1a4, 0);
            var target = c.Open(directory, name, OpenFlags.Path, OpenFlags.ResolveBeneath | OpenFlags.ResolveNoSymlinks);
            c.Attach(c.Imported($"device.{index}"), target);
            return;
        }
        var mode = Type(device) | (device.FileMode ?? 0x1b6) & 0xfff;
        c.Builder.CallUnless(Errno.EEXIST, Syscall.Mknodat, directory, c.Builder.Text(name), mode, Number(device.Major, device.Minor));
        if (device.Uid is > 0 || device.Gid is > 0)
            c.Builder.Call(
                Syscall.Fchownat,
                directory,
                c.Builder.Text(name),
                device.Uid ?? 0,
                device.Gid ?? 0,
                MountCalls.AtSymlinkNofollow
            );
    }

    (Slot Directory, string Name) Place(Slot dev, string path)
    {
        var parts = Targets.Components(path);
        if (parts.Length == 0)
            throw Compilation.Invalid("linux.devices", $"\"{path}\" is no path of a device");
        if (parts is ["dev", var only])
            return (dev, only);
        return (Targets.MakeParents(c, c.Imported("root"), parts, Compilation.InRootStrict), parts[^1]);
    }

    /// <summary>The console is terminal 0 of the handed-in devpts instance itself, not of whatever /dev/pts is by now.</summary>
    void Console(Slot dev)
    {
        c.Builder.About("process.terminal /dev/console");
        c.Builder.CallUnless(Errno.EEXIST, Syscall.Mknodat, dev, c.Builder.Text("console"), 0x8000 | 0x180, 0);
        _console = c.Open(dev, "console", OpenFlags.Path, OpenFlags.ResolveBeneath | OpenFlags.ResolveNoSymlinks);
    }

    /// <summary>Binds the console once devpts is attached: only what is in this mount namespace can be copied.</summary>
    public void BindConsole()
    {
        if (_console is not { } target)
            return;
        c.Builder.About("process.terminal /dev/console");
        c.Attach(c.Copy(c.Imported("devpts"), "0"), target);
    }

    static uint Type(LinuxDevice device) =>
        device.Type switch
        {
            "c" or "u" => 0x2000,
            "b" => 0x6000,
            "p" => 0x1000,
            _ => throw Compilation.Invalid($"linux.devices {device.Path}", $"unknown device type \"{device.Type}\""),
        };

    // makedev(3): 12 bits of major, 20 of minor, interleaved.
    static ulong Number(long major, long minor) => ((ulong)minor & 0xff) | ((ulong)major & 0xfff) << 8 | ((ulong)minor & 0xfff00) << 12;

    static LinuxDevice Character(string path, long major, long minor) =>
        new()
        {
            Type = "c",
            Path = path,
            Major = major,
            Minor = minor,
            FileMode = 0x1b6,
        };
}
