using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Capabilities;
using Pier.Linux.Cgroups;
using Pier.Linux.Files;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.AppArmor;
using Pier.Runtime.Compile;
using Pier.Runtime.Resources;
using Pier.Runtime.Seccomp;
using Pier.Runtime.Users;

namespace Pier.Runtime;

/// <summary>What an engine asks about the host before it can write a spec. Read once; devices and users at every call.</summary>
public sealed class RuntimeHost
{
    readonly SeccompCatalog _filters = new();

    public RuntimeHost()
    {
        // man 5 proc_pid_status: CapBnd is the bounding set in hex. No container can be given more.
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapBnd:", StringComparison.Ordinal));
        var mask = ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Capabilities = [.. Capability.Of(mask)];
        var layout = CgroupLayout.Parse(
            File.ReadAllText("/proc/self/mountinfo"),
            m => File.ReadAllText(Path.Combine(m, "cgroup.controllers"))
        );
        CgroupV2 = layout.Unified;
        Limits = LimitSupport.Of(layout, p => File.Exists(p) ? File.ReadAllText(p).Trim() : null);
    }

    /// <summary>The mount of the host that a path is on, and how it propagates; null where there is no such path.</summary>
    public (string Place, bool IsShared, bool IsSlave)? MountOf(string path)
    {
        try
        {
            var mount = Linux.Mounts.HostMount.Holding(path);
            return (mount.Place, mount.IsShared, mount.IsSlave);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>The limit of open descriptors for containers: what this process was given, not what it raised for itself.</summary>
    public Rlimit OpenFiles { get; } = OpenFilesNow();

    /// <summary>Names of the capabilities that this process could give.</summary>
    public IReadOnlyList<string> Capabilities { get; }

    /// <summary>Whether the host has the unified hierarchy alone.</summary>
    public bool CgroupV2 { get; }

    /// <summary>How the kernel's out-of-memory killer counts this process (man 5 proc_pid_oom_score_adj).</summary>
    public int OomScore { get; } = int.Parse(File.ReadAllText("/proc/self/oom_score_adj"), CultureInfo.InvariantCulture);

    /// <summary>The host's AppArmor.</summary>
    public AppArmorPolicy AppArmor { get; } = new(HostFactsReader.Read().AppArmor);

    /// <summary>Which limits can be put into force.</summary>
    public LimitSupport Limits { get; }

    /// <summary>Numeric ids for a user by the root's own passwd and group files; see <see cref="UserResolver"/>.</summary>
    public User ResolveUser(SafeFileHandle root, string user, IReadOnlyList<string> additionalGroups) =>
        UserResolver.Resolve(root, user, additionalGroups);

    /// <summary>Docker's default filter for a set of capabilities.</summary>
    public LinuxSeccomp DefaultSeccomp(IReadOnlyCollection<string> capabilities) => _filters.Default(capabilities);

    /// <summary>A filter from a profile's text (the CLI reads --security-opt seccomp=FILE and sends what it read).</summary>
    public LinuxSeccomp ParseSeccomp(string json, IReadOnlyCollection<string> capabilities) =>
        _filters.For(SeccompProfile.Parse(json), capabilities);

    /// <summary>A user namespace of these mappings, and a network namespace that belongs to it. The caller's to dispose.</summary>
    public (SafeFileHandle User, SafeFileHandle Network) MakeNamespaces(IdMappings ids)
    {
        try
        {
            using var launcher = new Linux.Launch.Launcher();
            return Linux.Namespaces.UserNamespace.CreateWithNetwork(
                launcher,
                Launch.ContainerPreparer.Ranges(ids.Users),
                Launch.ContainerPreparer.Ranges(ids.Groups)
            );
        }
        catch (LinuxException e)
        {
            throw new HostFailureException($"cannot make a user namespace: {e.Message}", e);
        }
    }

    /// <summary>A user namespace to mount layers through: nobody lives in it.</summary>
    public SafeFileHandle MakeLayerMap(IdMappings ids)
    {
        try
        {
            using var launcher = new Linux.Launch.Launcher();
            return Linux.Namespaces.UserNamespace.Create(
                launcher,
                Launch.ContainerPreparer.Ranges(ids.OfMounts.Users),
                Launch.ContainerPreparer.Ranges(ids.OfMounts.Groups)
            );
        }
        catch (LinuxException e)
        {
            throw new HostFailureException($"cannot make a user namespace: {e.Message}", e);
        }
    }

    /// <summary>The user namespace that a running process is in.</summary>
    public SafeFileHandle OpenUserNamespace(int pid)
    {
        try
        {
            return NamespaceFile.Open($"/proc/{pid}/ns/user");
        }
        catch (LinuxException e)
        {
            throw new ConflictException($"the user namespace of process {pid} is gone: {e.Message}", e);
        }
    }

    /// <summary>The root directory that a running process sees, for reading files inside a container.</summary>
    public SafeFileHandle OpenRoot(int pid)
    {
        try
        {
            return At.Open(At.WorkingDirectory, $"/proc/{pid}/root", OpenFlags.Path | OpenFlags.Directory);
        }
        catch (LinuxException e)
        {
            throw new ConflictException($"the container's root is gone: {e.Message}", e);
        }
    }

    /// <summary>
    /// A copy of what a running process has at /dev/shm, for a container that shares its IPC namespace. The caller closes it.
    /// </summary>
    public SafeFileHandle OpenSharedMemory(int pid)
    {
        try
        {
            using var ns = NamespaceFile.Open($"/proc/{pid}/ns/mnt");
            return Linux.Mounts.ForeignMount.Copy(ns, "/dev/shm");
        }
        catch (LinuxException e)
        {
            throw new ConflictException($"the container's /dev/shm cannot be shared: {e.Message}", e);
        }
    }

    /// <summary>A device node of the host (links followed), or null when there is no such device.</summary>
    public LinuxDevice? Device(string path)
    {
        try
        {
            using var node = At.Open(At.WorkingDirectory, path, OpenFlags.Path);
            return Describe(path, FileStat.Of(node));
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>
    /// Every device node below /dev, for privileged containers; not what has a file system of its own (pts, shm, mqueue) or belongs to a
    /// terminal.
    /// </summary>
    public IReadOnlyList<LinuxDevice> Devices()
    {
        var devices = new List<LinuxDevice>();
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        };
        foreach (var path in Directory.EnumerateFiles("/dev", "*", options))
        {
            if (
                path.StartsWith("/dev/pts/", StringComparison.Ordinal)
                || path.StartsWith("/dev/shm/", StringComparison.Ordinal)
                || path.StartsWith("/dev/mqueue/", StringComparison.Ordinal)
                || path is "/dev/console" or "/dev/ptmx"
            )
                continue;
            if (FileStat.Find(At.WorkingDirectory, path) is { } stat && Describe(path, stat) is { } device)
                devices.Add(device);
        }
        return devices;
    }

    static Rlimit OpenFilesNow()
    {
        var limit = InheritedLimits.OpenFiles();
        return new Rlimit
        {
            Type = "RLIMIT_NOFILE",
            Soft = limit.Soft,
            Hard = limit.Hard,
        };
    }

    static LinuxDevice? Describe(string path, FileStat stat)
    {
        var type = stat.Type switch
        {
            ModeBits.CharDevice => "c",
            ModeBits.BlockDevice => "b",
            _ => null,
        };
        return type is null
            ? null
            : new LinuxDevice
            {
                Type = type,
                Path = path,
                Major = stat.RdevMajor,
                Minor = stat.RdevMinor,
                FileMode = stat.Mode & 0xFFF,
                Uid = stat.Uid,
                Gid = stat.Gid,
            };
    }
}
