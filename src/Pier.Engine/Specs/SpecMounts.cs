using System.Globalization;
using Pier.Engine.Containers;
using Pier.Engine.Mounts;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Engine.Specs;

/// <summary>
/// The mounts of a spec: the kernel's file systems, Pier's own files, then what the user asked for, parents before children.
/// </summary>
static class SpecMounts
{
    public const string SharedMemory = "/dev/shm";

    public static IReadOnlyList<Mount> Build(ContainerRecord record, SpecFacts facts)
    {
        var host = record.HostConfig;
        var mounts = new List<Mount>();
        mounts.AddRange(KernelFileSystems(host, facts));
        var user = new List<Mount>();
        user.AddRange(
            record
                .Mounts.Where(m => m.Type != "tmpfs")
                .Select(m => m.Type == "volume" ? Mapped(Bind(m, record.DetailOf(m)), facts) : Bind(m, record.DetailOf(m)))
        );
        user.AddRange(Tmpfs(record));
        void File(string source, string destination)
        {
            if (record.Mounts.Any(m => m.Destination == destination))
                return;
            user.Add(
                Mapped(
                    new Mount
                    {
                        Destination = destination,
                        Type = "bind",
                        Source = source,
                        Options = ["rbind", "rprivate", host.ReadonlyRootfs ? "ro" : "rw"],
                    },
                    facts
                )
            );
        }
        File(facts.ResolvConfFile, "/etc/resolv.conf");
        File(facts.HostnameFile, "/etc/hostname");
        File(facts.HostsFile, "/etc/hosts");
        if (facts.InitFile is { } init)
            user.Add(
                new Mount
                {
                    Destination = SpecBuilder.InitPath,
                    Type = "bind",
                    Source = init,
                    Options = ["bind", "ro", "rprivate"],
                }
            );
        // A user's mount over one of the defaults (/dev/shm, /sys/fs/cgroup) takes its place.
        mounts.RemoveAll(m => user.Exists(u => u.Destination == m.Destination));
        mounts.AddRange(user.OrderBy(m => m.Destination.Count(c => c == '/')));
        return mounts;
    }

    static IEnumerable<Mount> KernelFileSystems(HostConfig host, SpecFacts facts)
    {
        var writable = SecurityOptions.Parse(host.SecurityOpt).WritableCgroups;
        yield return new Mount
        {
            Destination = "/proc",
            Type = "proc",
            Source = "proc",
            Options = ["nosuid", "noexec", "nodev"],
        };
        yield return new Mount
        {
            Destination = "/dev",
            Type = "tmpfs",
            Source = "tmpfs",
            Options = ["nosuid", "strictatime", "mode=755", "size=65536k"],
        };
        yield return new Mount
        {
            Destination = "/dev/pts",
            Type = "devpts",
            Source = "devpts",
            Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
        };
        yield return new Mount
        {
            Destination = "/sys",
            Type = "sysfs",
            Source = "sysfs",
            Options = ["nosuid", "noexec", "nodev", host.Privileged ? "rw" : "ro"],
        };
        yield return new Mount
        {
            Destination = "/sys/fs/cgroup",
            Type = "cgroup",
            Source = "cgroup",
            Options = [host.Privileged || writable ? "rw" : "ro", "nosuid", "noexec", "nodev"],
        };
        // Message queues belong to the IPC namespace, whichever it is, and every mount shows its own.
        yield return new Mount
        {
            Destination = "/dev/mqueue",
            Type = "mqueue",
            Source = "mqueue",
            Options = ["nosuid", "noexec", "nodev"],
        };
        if (host.IpcMode == "none")
            yield break;
        // Of another container: the engine hands in a copy of its mount.
        if (host.IpcMode == "host" || facts.JoinedNamespaces.ContainsKey("ipc"))
        {
            yield return new Mount
            {
                Destination = SharedMemory,
                Type = "bind",
                Source = SharedMemory,
                Options = ["rbind", "nosuid", "noexec", "nodev"],
            };
            yield break;
        }
        var size = host.ShmSize > 0 ? host.ShmSize : 64 << 20;
        yield return new Mount
        {
            Destination = SharedMemory,
            Type = "tmpfs",
            Source = "shm",
            Options = ["nosuid", "noexec", "nodev", "mode=1777", string.Create(CultureInfo.InvariantCulture, $"size={size}")],
        };
    }

    /// <summary>What is Pier's own belongs to the container's users; binds of the host keep the host's.</summary>
    static Mount Mapped(Mount mount, SpecFacts facts) =>
        facts.Ids?.OfMounts is { } ids
            ? mount with
            {
                UidMappings = ids.Users,
                GidMappings = ids.Groups,
                Options = [.. mount.Options, "idmap"],
            }
            : mount;

    static Mount Bind(MountPoint point, MountDetail detail)
    {
        var options = new List<string> { detail.NonRecursive ? "bind" : "rbind", point.RW ? "rw" : "ro" };
        // Read-only means what lies below as well: a submount of the source would be a way to write.
        if (!point.RW && !detail.ReadOnlyNonRecursive && !detail.NonRecursive)
            options.Add("rro");
        options.Add(point.Propagation.Length == 0 ? "rprivate" : point.Propagation);
        return new Mount
        {
            Destination = point.Destination,
            Type = "bind",
            Source = point.Source,
            Options = options,
        };
    }

    static IEnumerable<Mount> Tmpfs(ContainerRecord record)
    {
        foreach (var (path, options) in record.HostConfig.Tmpfs ?? [])
        {
            yield return new Mount
            {
                Destination = path,
                Type = "tmpfs",
                Source = "tmpfs",
                Options = ["noexec", "nosuid", "nodev", .. options.Split(',', StringSplitOptions.RemoveEmptyEntries)],
            };
        }
        foreach (var mount in record.HostConfig.Mounts ?? [])
        {
            if (mount.Type != "tmpfs")
                continue;
            var options = new List<string> { "noexec", "nosuid", "nodev" };
            if (mount.ReadOnly)
                options.Add("ro");
            if (mount.TmpfsOptions is { SizeBytes: > 0 } sized)
                options.Add(string.Create(CultureInfo.InvariantCulture, $"size={sized.SizeBytes}"));
            if (mount.TmpfsOptions is { Mode: > 0 } moded)
                options.Add("mode=" + Convert.ToString(moded.Mode, 8));
            options.AddRange((mount.TmpfsOptions?.Options ?? []).Select(o => string.Join('=', o)));
            yield return new Mount
            {
                Destination = mount.Target,
                Type = "tmpfs",
                Source = "tmpfs",
                Options = options,
            };
        }
    }
}
