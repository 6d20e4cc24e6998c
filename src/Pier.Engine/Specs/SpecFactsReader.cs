using Microsoft.Win32.SafeHandles;
using Pier.Engine.Containers;
using Pier.Engine.Execs;
using Pier.Engine.Mounts;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime;
using Pier.Store;

namespace Pier.Engine.Specs;

/// <summary>Gathers what <see cref="SpecBuilder"/> needs from the host, from other containers and from the root file system.</summary>
sealed class SpecFactsReader(
    StoreRoot store,
    RuntimeHost host,
    ContainerTable containers,
    LinkedContainers links,
    ContainerDefaults defaults,
    IdMappings? remap
)
{
    readonly Layout layout = store.Layout;
    readonly Lazy<SafeFileHandle> layerMap = new(() => host.MakeLayerMap(remap!));

    /// <summary>The operator's limits, and of open descriptors what the daemon itself was given.</summary>
    readonly IReadOnlyList<Rlimit> rlimits = defaults.Ulimits.Any(u => u.Name == "nofile")
        ? [.. defaults.Ulimits.Select(SpecBuilder.Rlimit)]
        : [.. defaults.Ulimits.Select(SpecBuilder.Rlimit), host.OpenFiles];

    public bool CgroupV2 => host.CgroupV2;

    public Spec BuildSpec(ContainerRecord record, SafeFileHandle root)
    {
        var hostConfig = record.HostConfig;
        PropagationRules.Check(record.Mounts, layout.Root, host);
        var names = record.NamesOwner;
        var facts = new SpecFacts
        {
            User = host.ResolveUser(root, record.Config.User, hostConfig.GroupAdd ?? []),
            Hostname = record.Config.Hostname,
            HostnameFile = layout.ContainerHostname(names),
            HostsFile = layout.ContainerHosts(names),
            ResolvConfFile = layout.ContainerResolvConf(names),
            Capabilities = host.Capabilities,
            CgroupV2 = host.CgroupV2,
            Devices = Devices(hostConfig),
            JoinedNamespaces = Joined(hostConfig),
            LinkEnvironment = links.Environment(record),
            InitFile = hostConfig.Init ?? defaults.Init ? store.EnsureInitFile() : null,
            Rlimits = rlimits,
            OwnOomScore = host.OomScore,
            AppArmorDefault = host.AppArmor.EnsureDefault(),
            Ids = IdsOf(hostConfig),
            Rows = hostConfig.ConsoleSize is [var rows, _] ? rows : 0,
            Columns = hostConfig.ConsoleSize is [_, var columns] ? columns : 0,
        };
        return SpecBuilder.Build(record, facts, Seccomp(record, privileged: false));
    }

    /// <summary>The /dev/shm that a container has in common with the owner of its IPC namespace, or null. The caller closes it.</summary>
    public SafeFileHandle? SharedMemory(ContainerRecord record) =>
        record.HostConfig.IpcMode.StartsWith("container:", StringComparison.Ordinal)
        && !record.Mounts.Any(m => m.Destination == SpecMounts.SharedMemory)
            ? host.OpenSharedMemory(containers.Resolve(record.HostConfig.IpcMode["container:".Length..]).Pid)
            : null;

    /// <summary>Null for a container in the host's user namespace.</summary>
    public IdMappings? IdsOf(HostConfig hostConfig) => hostConfig.UsernsMode == "host" ? null : remap;

    /// <summary>
    /// The namespaces that a remapped container is started in: new ones, or, where it shares something with another container, that one's
    /// user namespace, which what they share belongs to.
    /// </summary>
    public RemappedNamespaces? Remapped(ContainerRecord record)
    {
        if (IdsOf(record.HostConfig) is not { } ids)
            return null;
        foreach (var mode in (string[])[record.HostConfig.NetworkMode, record.HostConfig.PidMode, record.HostConfig.IpcMode])
        {
            if (!mode.StartsWith("container:", StringComparison.Ordinal))
                continue;
            var other = containers.Resolve(mode["container:".Length..]);
            if (other.IsRunning)
                return new RemappedNamespaces(host.OpenUserNamespace(other.Pid), null, layerMap.Value);
        }
        var (user, network) = host.MakeNamespaces(ids);
        return new RemappedNamespaces(user, network, layerMap.Value);
    }

    /// <summary>The filter of a container's processes, or null for none.</summary>
    public LinuxSeccomp? Seccomp(ContainerRecord record, bool privileged)
    {
        if (record.HostConfig.Privileged || privileged)
            return null;
        var capabilities = DefaultCapabilities.Resolve(record.HostConfig, host.Capabilities);
        return SecurityOptions.Parse(record.HostConfig.SecurityOpt).Seccomp switch
        {
            "unconfined" => null,
            null or "" or "builtin" => host.DefaultSeccomp(capabilities),
            var profile => host.ParseSeccomp(profile, capabilities),
        };
    }

    public Process BuildExec(Container container, ExecConfig exec)
    {
        var record = container.Record;
        var user = exec.User.Length > 0 ? exec.User : record.Config.User;
        using var root = host.OpenRoot(container.Pid);
        var resolved = host.ResolveUser(root, user, record.HostConfig.GroupAdd ?? []);
        var security = SecurityOptions.Parse(record.HostConfig.SecurityOpt);
        var environment = SpecBuilder.Environment(record.Config with { Tty = exec.Tty }, record.Config.Hostname, links.Environment(record));
        return new Process
        {
            Terminal = exec.Tty,
            User = resolved,
            Args = exec.Command,
            Env = SpecBuilder.Merge(environment, [.. exec.Environment]),
            Cwd =
                exec.WorkingDirectory.Length > 0 ? exec.WorkingDirectory
                : record.Config.WorkingDir.Length > 0 ? record.Config.WorkingDir
                : "/",
            Capabilities = DefaultCapabilities.Sets(
                DefaultCapabilities.Resolve(
                    exec.Privileged ? record.HostConfig with { Privileged = true } : record.HostConfig,
                    host.Capabilities
                ),
                resolved.Uid == 0
            ),
            Rlimits = SpecBuilder.Rlimits(record.HostConfig, rlimits),
            ApparmorProfile = exec.Privileged ? null : security.ProfileOf(record.HostConfig, host.AppArmor.EnsureDefault()),
            NoNewPrivileges = security.NoNewPrivileges,
            OomScoreAdj = SpecBuilder.OomScore(record.HostConfig, host.OomScore),
        };
    }

    Dictionary<string, LinuxDevice> Devices(HostConfig hostConfig)
    {
        if (hostConfig.Privileged)
            return host.Devices().ToDictionary(d => d.Path);
        var paths = (hostConfig.Devices ?? [])
            .Select(d => d.PathOnHost)
            .Concat((hostConfig.BlkioWeightDevice ?? []).Select(d => d.Path))
            .Concat(
                new[]
                {
                    hostConfig.BlkioDeviceReadBps,
                    hostConfig.BlkioDeviceWriteBps,
                    hostConfig.BlkioDeviceReadIOps,
                    hostConfig.BlkioDeviceWriteIOps,
                }
                    .SelectMany(t => t ?? [])
                    .Select(d => d.Path)
            );
        var result = new Dictionary<string, LinuxDevice>();
        foreach (var path in paths.Distinct())
        {
            if (host.Device(path) is { } device)
                result[path] = device;
        }
        return result;
    }

    Dictionary<string, string> Joined(HostConfig hostConfig)
    {
        var result = new Dictionary<string, string>();
        void Join(string type, string file, string mode)
        {
            const string prefix = "container:";
            if (!mode.StartsWith(prefix, StringComparison.Ordinal))
                return;
            var other = containers.Resolve(mode[prefix.Length..]);
            // Docker shares the shared memory with the namespace, and only what its owner gave away.
            if (
                type == "ipc"
                && other.Record.HostConfig.IpcMode is var owner
                && owner is not ("shareable" or "host")
                && !owner.StartsWith(prefix, StringComparison.Ordinal)
            )
                throw new ConflictException(
                    $"can't join IPC of container {other.Id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)"
                );
            if (!other.IsRunning)
                throw new ConflictException(
                    $"cannot join {type} namespace of a non running container: container {other.Id} is not running"
                );
            result[type] = $"/proc/{other.Pid}/ns/{file}";
        }
        Join("pid", "pid", hostConfig.PidMode);
        Join("ipc", "ipc", hostConfig.IpcMode);
        return result;
    }
}
