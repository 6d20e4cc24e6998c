using Microsoft.Win32.SafeHandles;
using Pier.Engine.Containers;
using Pier.Engine.Execs;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime;
using Pier.Store;

namespace Pier.Engine.Specs;

/// <summary>Gathers what <see cref="SpecBuilder"/> needs from the host, from other containers and from the root file system.</summary>
sealed class SpecFactsReader(StoreRoot store, RuntimeHost host, ContainerTable containers, ContainerDefaults defaults)
{
    readonly Layout layout = store.Layout;

    /// <summary>The operator's limits, and of open descriptors what the daemon itself was given.</summary>
    readonly IReadOnlyList<Rlimit> rlimits =
        defaults.Ulimits.Any(u => u.Name == "nofile") ? [.. defaults.Ulimits.Select(SpecBuilder.Rlimit)] : [.. defaults.Ulimits.Select(SpecBuilder.Rlimit), host.OpenFiles];

    public bool CgroupV2 => host.CgroupV2;

    public Spec BuildSpec(ContainerRecord record, SafeFileHandle root)
    {
        var hostConfig = record.HostConfig;
        var facts = new SpecFacts
        {
            User = host.ResolveUser(root, record.Config.User, hostConfig.GroupAdd ?? []),
            Hostname = record.Config.Hostname,
            HostnameFile = layout.ContainerHostname(record.Id),
            HostsFile = layout.ContainerHosts(record.Id),
            ResolvConfFile = layout.ContainerResolvConf(record.Id),
            Capabilities = host.Capabilities,
            CgroupV2 = host.CgroupV2,
            Devices = Devices(hostConfig),
            JoinedNamespaces = Joined(hostConfig),
            InitFile = hostConfig.Init ?? defaults.Init ? store.EnsureInitFile() : null,
            Rlimits = rlimits,
            Rows = hostConfig.ConsoleSize is [var rows, _] ? rows : 0,
            Columns = hostConfig.ConsoleSize is [_, var columns] ? columns : 0,
        };
        return SpecBuilder.Build(record, facts, Seccomp(record, privileged: false));
    }

    /// <summary>The filter of a container's processes, or null for none.</summary>
    public LinuxSeccomp? Seccomp(ContainerRecord record, bool privileged)
    {
        if (record.HostConfig.Privileged || privileged) return null;
        var capabilities = DefaultCapabilities.Resolve(record.HostConfig, host.Capabilities);
        foreach (var option in record.HostConfig.SecurityOpt ?? [])
        {
            if (option is "seccomp=unconfined" or "seccomp:unconfined") return null;
            if (option.StartsWith("seccomp=", StringComparison.Ordinal) && option != "seccomp=builtin") return host.ParseSeccomp(option["seccomp=".Length..], capabilities);
        }
        return host.DefaultSeccomp(capabilities);
    }

    public Process BuildExec(Container container, ExecConfig exec)
    {
        var record = container.Record;
        var user = exec.User.Length > 0 ? exec.User : record.Config.User;
        using var root = host.OpenRoot(container.Pid);
        var resolved = host.ResolveUser(root, user, record.HostConfig.GroupAdd ?? []);
        var environment = SpecBuilder.Environment(record.Config with { Tty = exec.Tty }, record.Config.Hostname);
        return new Process
        {
            Terminal = exec.Tty,
            User = resolved,
            Args = exec.Command,
            Env = SpecBuilder.Merge(environment, [.. exec.Environment]),
            Cwd = exec.WorkingDirectory.Length > 0 ? exec.WorkingDirectory : record.Config.WorkingDir.Length > 0 ? record.Config.WorkingDir : "/",
            Capabilities = DefaultCapabilities.Sets(
                DefaultCapabilities.Resolve(exec.Privileged ? record.HostConfig with { Privileged = true } : record.HostConfig, host.Capabilities), resolved.Uid == 0),
            Rlimits = SpecBuilder.Rlimits(record.HostConfig, rlimits),
            NoNewPrivileges = SpecBuilder.NoNewPrivileges(record.HostConfig),
        };
    }

    Dictionary<string, LinuxDevice> Devices(HostConfig hostConfig)
    {
        if (hostConfig.Privileged) return host.Devices().ToDictionary(d => d.Path);
        var paths = (hostConfig.Devices ?? []).Select(d => d.PathOnHost)
            .Concat((hostConfig.BlkioWeightDevice ?? []).Select(d => d.Path))
            .Concat(new[] { hostConfig.BlkioDeviceReadBps, hostConfig.BlkioDeviceWriteBps, hostConfig.BlkioDeviceReadIOps, hostConfig.BlkioDeviceWriteIOps }
                .SelectMany(t => t ?? []).Select(d => d.Path));
        var result = new Dictionary<string, LinuxDevice>();
        foreach (var path in paths.Distinct())
        {
            if (host.Device(path) is { } device) result[path] = device;
        }
        return result;
    }

    Dictionary<string, string> Joined(HostConfig hostConfig)
    {
        var result = new Dictionary<string, string>();
        void Join(string type, string file, string mode)
        {
            const string prefix = "container:";
            if (!mode.StartsWith(prefix, StringComparison.Ordinal)) return;
            var other = containers.Resolve(mode[prefix.Length..]);
            if (!other.IsRunning) throw new ConflictException($"cannot join {type} namespace of a non running container: container {other.Id} is not running");
            result[type] = $"/proc/{other.Pid}/ns/{file}";
        }
        Join("pid", "pid", hostConfig.PidMode);
        Join("ipc", "ipc", hostConfig.IpcMode);
        return result;
    }
}
