using System.Globalization;
using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>Options that make the HostConfig: what it may use of the host.</summary>
static class HostOptions
{
    public static HostConfig Config(Invocation call, PortOptions ports, MountOptions mounts)
    {
        var line = call.Line;
        var (security, unmasked) = SecurityOptions.Read(line);
        var restart = RestartPolicyOf(line);
        if (line.Flag("rm") && restart.Name is not ("no" or ""))
            throw new CliFailure("conflicting options: cannot specify both --restart and --rm", 125);
        if (line.Text("log-driver") == "none" && line.Has("log-opt"))
            throw new CliFailure("invalid logging opts for driver none", 125);
        var (rows, columns) = line.Flag("tty") ? call.Environment.Terminal.Size : (0, 0);
        return new HostConfig
        {
            Binds = mounts.Binds,
            Tmpfs = mounts.Tmpfs,
            Mounts = mounts.Mounts,
            ContainerIDFile = line.Text("cidfile") ?? "",
            LogConfig = new LogConfig { Type = line.Text("log-driver") ?? "", Config = KeyValues.Map(line.List("log-opt")) ?? [] },
            NetworkMode = NetworkOptions.Mode(line),
            PortBindings = ports.Bindings,
            PublishAllPorts = line.Flag("publish-all"),
            RestartPolicy = restart,
            AutoRemove = line.Flag("rm"),
            VolumeDriver = line.Text("volume-driver") ?? "",
            VolumesFrom = line.Array("volumes-from"),
            ConsoleSize = [rows, columns],
            Annotations = KeyValues.Map(line.List("annotation")),
            CapAdd = CapabilityNames(line.Array("cap-add")),
            CapDrop = CapabilityNames(line.Array("cap-drop")),
            CgroupnsMode = line.Text("cgroupns") ?? "",
            Dns = line.Array("dns"),
            DnsOptions = line.Array("dns-option"),
            DnsSearch = line.Array("dns-search"),
            ExtraHosts = line.Has("add-host") ? [.. line.List("add-host").Select(ExtraHost)] : null,
            GroupAdd = line.Array("group-add"),
            IpcMode = line.Text("ipc") ?? "",
            Links = line.Array("link"),
            OomScoreAdj = (int)(line.Number("oom-score-adj") ?? 0),
            PidMode = line.Text("pid") ?? "",
            Privileged = line.Flag("privileged"),
            ReadonlyRootfs = line.Flag("read-only"),
            SecurityOpt = security,
            MaskedPaths = unmasked ? [] : null,
            ReadonlyPaths = unmasked ? [] : null,
            StorageOpt = KeyValues.Map(line.List("storage-opt")),
            UTSMode = line.Text("uts") ?? "",
            UsernsMode = line.Text("userns") ?? "",
            ShmSize = line.Number("shm-size") ?? 0,
            Sysctls = KeyValues.Map(line.List("sysctl")),
            Runtime = line.Text("runtime") ?? "",
            Isolation = line.Text("isolation") ?? "",
            Init = line.Has("init") ? line.Flag("init") : null,

            CpuShares = line.Number("cpu-shares") ?? 0,
            Memory = line.Number("memory") ?? 0,
            NanoCpus = line.Number("cpus") ?? 0,
            CgroupParent = line.Text("cgroup-parent") ?? "",
            BlkioWeight = (ushort)(line.Text("blkio-weight") is { } weight ? ushort.Parse(weight, CultureInfo.InvariantCulture) : 0),
            BlkioWeightDevice = DeviceOptions.Weights(line),
            BlkioDeviceReadBps = DeviceOptions.Throttles(line, "device-read-bps", bytes: true),
            BlkioDeviceWriteBps = DeviceOptions.Throttles(line, "device-write-bps", bytes: true),
            BlkioDeviceReadIOps = DeviceOptions.Throttles(line, "device-read-iops", bytes: false),
            BlkioDeviceWriteIOps = DeviceOptions.Throttles(line, "device-write-iops", bytes: false),
            CpuPeriod = line.Number("cpu-period") ?? 0,
            CpuQuota = line.Number("cpu-quota") ?? 0,
            CpuRealtimePeriod = line.Number("cpu-rt-period") ?? 0,
            CpuRealtimeRuntime = line.Number("cpu-rt-runtime") ?? 0,
            CpusetCpus = line.Text("cpuset-cpus") ?? "",
            CpusetMems = line.Text("cpuset-mems") ?? "",
            Devices = DeviceOptions.Mappings(line),
            DeviceCgroupRules = line.Array("device-cgroup-rule"),
            DeviceRequests = DeviceOptions.Gpus(line),
            KernelMemory = line.Number("kernel-memory") ?? 0,
            MemoryReservation = line.Number("memory-reservation") ?? 0,
            MemorySwap = line.Number("memory-swap") ?? 0,
            MemorySwappiness = line.Number("memory-swappiness") is { } swappiness and not -1 ? swappiness : null,
            OomKillDisable = line.Has("oom-kill-disable") ? line.Flag("oom-kill-disable") : null,
            PidsLimit = line.Number("pids-limit"),
            Ulimits = line.Has("ulimit") ? [.. line.List("ulimit").Select(UlimitOf)] : null,
        };
    }

    /// <summary>"sys_time" as CAP_SYS_TIME, each once and in order; ALL stays.</summary>
    static string[]? CapabilityNames(string[]? names) =>
        names is null
            ? null
            :
            [
                .. names
                    .Select(n => n.Trim().ToUpperInvariant())
                    .Select(n => n == "ALL" || n.StartsWith("CAP_", StringComparison.Ordinal) ? n : "CAP_" + n)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];

    public static RestartPolicy RestartPolicyOf(ParsedLine line)
    {
        if (line.Text("restart") is not { Length: > 0 } text)
            return new RestartPolicy { Name = "no" };
        var colon = text.IndexOf(':');
        if (colon < 0)
            return new RestartPolicy { Name = text };
        if (colon == 0)
            throw new CliFailure("invalid restart policy format: no policy provided before colon", 125);
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new RestartPolicy { Name = text[..colon], MaximumRetryCount = count }
            : throw new CliFailure("invalid restart policy format: maximum retry count must be an integer", 125);
    }

    /// <summary>"name:address", also written "name=address".</summary>
    static string ExtraHost(string text)
    {
        var separator = text.AsSpan().IndexOfAny('=', ':');
        if (separator <= 0 || separator == text.Length - 1)
            throw new UsageFailure($"invalid argument \"{text}\" for \"--add-host\" flag: bad format for add-host: \"{text}\"");
        return $"{text[..separator]}:{text[(separator + 1)..].Trim('[', ']')}";
    }

    /// <summary>"nofile=1024" or "nofile=1024:2048"; -1 is no limit.</summary>
    public static Ulimit UlimitOf(string text)
    {
        var (name, limits) = KeyValues.Split(text);
        var colon = limits.IndexOf(':');
        var soft = colon < 0 ? limits : limits[..colon];
        var hard = colon < 0 ? limits : limits[(colon + 1)..];
        if (
            !long.TryParse(soft, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var softLimit)
            || !long.TryParse(hard, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var hardLimit)
        )
            throw new UsageFailure($"invalid argument \"{text}\" for \"--ulimit\" flag: invalid ulimit argument: {text}");
        if (hardLimit != -1 && (softLimit > hardLimit || softLimit == -1))
            throw new UsageFailure(
                $"invalid argument \"{text}\" for \"--ulimit\" flag: ulimit soft limit must be less than or equal to hard limit: {softLimit} > {hardLimit}"
            );
        return new Ulimit
        {
            Name = name,
            Soft = softLimit,
            Hard = hardLimit,
        };
    }
}
