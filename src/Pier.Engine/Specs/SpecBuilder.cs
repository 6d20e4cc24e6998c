using Pier.Engine.Containers;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Engine.Specs;

/// <summary>Turns a container's record and the facts of the host into an OCI runtime spec, by Docker's rules. Pure.</summary>
static class SpecBuilder
{
    public const string InitPath = "/sbin/docker-init";

    public static Spec Build(ContainerRecord record, SpecFacts facts, LinuxSeccomp? seccomp)
    {
        var host = record.HostConfig;
        return new Spec
        {
            Hostname = host.UTSMode == "host" ? null : facts.Hostname,
            Domainname = record.Config.Domainname.Length == 0 || host.UTSMode == "host" ? null : record.Config.Domainname,
            Root = new Root { Path = "rootfs", Readonly = host.ReadonlyRootfs },
            Process = Process(record, facts),
            Mounts = SpecMounts.Build(record, facts),
            Annotations = host.Annotations,
            Linux = new LinuxConfig
            {
                Namespaces = Namespaces(host, facts),
                UidMappings = facts.Ids?.Users,
                GidMappings = facts.Ids?.Groups,
                Resources = SpecResources.Build(host, facts),
                Devices = SpecResources.Devices(host, facts),
                Sysctl = host.Sysctls,
                Seccomp = seccomp,
                MaskedPaths = host.Privileged ? [] : host.MaskedPaths ?? DefaultPaths.Masked,
                ReadonlyPaths = host.Privileged ? [] : host.ReadonlyPaths ?? DefaultPaths.ReadOnly,
                RootfsPropagation = Propagation(record),
            },
        };
    }

    /// <summary>
    /// The environment: Docker's PATH, HOSTNAME and TERM, then linked containers, then what image and user say, later ones winning.
    /// </summary>
    public static IReadOnlyList<string> Environment(ContainerConfig config, string hostname, IReadOnlyList<string>? links = null)
    {
        var environment = new List<string> { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=" + hostname };
        if (config.Tty)
            environment.Add("TERM=xterm");
        environment.AddRange(links ?? []);
        return Merge(environment, config.Env ?? []);
    }

    /// <summary>Adds variables over others; an entry without "=" takes the variable away.</summary>
    public static IReadOnlyList<string> Merge(IReadOnlyList<string> under, IReadOnlyList<string> over)
    {
        var result = new List<string>(under);
        foreach (var entry in over)
        {
            var equals = entry.IndexOf('=');
            var name = equals < 0 ? entry : entry[..equals];
            var at = result.FindIndex(e => e.StartsWith(name, StringComparison.Ordinal) && e.Length > name.Length && e[name.Length] == '=');
            if (equals < 0)
            {
                if (at >= 0)
                    result.RemoveAt(at);
            }
            else if (at >= 0)
            {
                result[at] = entry;
            }
            else
            {
                result.Add(entry);
            }
        }
        return result;
    }

    static Model.Runtime.Process Process(ContainerRecord record, SpecFacts facts)
    {
        var host = record.HostConfig;
        var security = SecurityOptions.Parse(host.SecurityOpt);
        IReadOnlyList<string> arguments = [record.Path, .. record.Args];
        if (facts.InitFile is not null)
            arguments = [InitPath, "--", .. arguments];
        return new Model.Runtime.Process
        {
            Terminal = record.Config.Tty,
            ConsoleSize =
                facts.Rows > 0 && facts.Columns > 0 ? new ConsoleSize { Height = (uint)facts.Rows, Width = (uint)facts.Columns } : null,
            User = facts.User,
            Args = arguments,
            Env = Environment(record.Config, facts.Hostname, facts.LinkEnvironment),
            Cwd = record.Config.WorkingDir.Length == 0 ? "/" : record.Config.WorkingDir,
            Capabilities = DefaultCapabilities.Sets(DefaultCapabilities.Resolve(host, facts.Capabilities), facts.User.Uid == 0),
            Rlimits = Rlimits(host, facts.Rlimits),
            ApparmorProfile = security.ProfileOf(host, facts.AppArmorDefault),
            NoNewPrivileges = security.NoNewPrivileges,
            OomScoreAdj = OomScore(host, facts.OwnOomScore),
        };
    }

    /// <summary>Null leaves what is inherited: a service whose own score spares it must not spare its containers.</summary>
    public static int? OomScore(HostConfig host, int own) => host.OomScoreAdj == 0 && own == 0 ? null : host.OomScoreAdj;

    /// <summary>The container's limits over the others; null for none.</summary>
    public static Rlimit[]? Rlimits(HostConfig host, IReadOnlyList<Rlimit> others)
    {
        Rlimit[] own = [.. (host.Ulimits ?? []).Select(Rlimit)];
        Rlimit[] all = [.. own, .. others.Where(o => !own.Any(r => r.Type == o.Type))];
        return all.Length == 0 ? null : all;
    }

    public static Rlimit Rlimit(Ulimit limit) =>
        new()
        {
            Type = "RLIMIT_" + limit.Name.ToUpperInvariant(),
            Soft = (ulong)limit.Soft,
            Hard = (ulong)limit.Hard,
        };

    static List<LinuxNamespace> Namespaces(HostConfig host, SpecFacts facts)
    {
        var namespaces = new List<LinuxNamespace> { new() { Type = "mount" } };
        void Add(string type, string mode, bool hostByDefault = false)
        {
            if (facts.JoinedNamespaces.TryGetValue(type, out var path))
                namespaces.Add(new LinuxNamespace { Type = type, Path = path });
            else if (mode != "host" && !(hostByDefault && mode.Length == 0))
                namespaces.Add(new LinuxNamespace { Type = type });
        }
        if (facts.Ids is not null)
            namespaces.Add(new LinuxNamespace { Type = "user" });
        Add("uts", host.UTSMode);
        Add("ipc", host.IpcMode);
        Add("pid", host.PidMode);
        // The namespace itself comes from the network room as a descriptor; without one the daemon's is used.
        if (host.NetworkMode != "host")
            namespaces.Add(new LinuxNamespace { Type = "network" });
        // Docker: private on cgroup v2, the host's on v1 unless asked for.
        Add("cgroup", host.CgroupnsMode, hostByDefault: !facts.CgroupV2);
        return namespaces;
    }

    static string? Propagation(ContainerRecord record)
    {
        if (record.Mounts.Any(m => m.Propagation is "shared" or "rshared"))
            return "shared";
        return record.Mounts.Any(m => m.Propagation is "slave" or "rslave") ? "rslave" : null;
    }
}
