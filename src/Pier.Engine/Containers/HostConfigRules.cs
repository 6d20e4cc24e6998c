using System.Globalization;
using Pier.Engine.Logs.Drivers;
using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>
/// Checks a HostConfig and fills in defaults, with Docker's texts. What this engine does not do yet is refused here by name, so that
/// nothing is silently ignored.
/// </summary>
static class HostConfigRules
{
    const long MinimumMemory = 6L << 20;

    public static HostConfig Apply(HostConfig host, EngineOptions options, int processors)
    {
        Limits(host, processors);
        Modes(host);
        Unsupported(host);
        Runtime(host.Runtime, options);
        if (options.UsernsRemap.Length > 0 && host.UsernsMode != "host")
            Remapped(host);
        var restart = host.RestartPolicy ?? new RestartPolicy { Name = "no" };
        Restart(restart, host.AutoRemove);
        var log = LogConfigRules.Merge(host.LogConfig, options.LogDriver, options.LogOptions);
        return host with
        {
            NetworkMode = host.NetworkMode is "" or "default" ? (options.Bridge == "none" ? "none" : "bridge") : host.NetworkMode,
            RestartPolicy = restart.Name.Length == 0 ? restart with { Name = "no" } : restart,
            LogConfig = log,
            // Swap for as much again as memory.
            MemorySwap = host is { Memory: > 0, MemorySwap: 0 } ? host.Memory * 2 : host.MemorySwap,
            // Both mean "as it is", and Docker shows them as nothing.
            MemorySwappiness = host.MemorySwappiness == -1 ? null : host.MemorySwappiness,
            PidsLimit = host.PidsLimit <= 0 ? null : host.PidsLimit,
            ShmSize = host.ShmSize == 0 ? options.Defaults.ShmSize : host.ShmSize,
            IpcMode = host.IpcMode.Length == 0 ? options.Defaults.IpcMode : host.IpcMode,
            CgroupnsMode = host.CgroupnsMode.Length == 0 ? options.Defaults.CgroupnsMode : host.CgroupnsMode,
            Runtime = host.Runtime.Length == 0 ? options.Defaults.Runtime : host.Runtime,
        };
    }

    /// <summary>The limits; in an update, what is missing may be set already.</summary>
    public static void Limits(HostConfig host, int processors, bool update = false)
    {
        if (host.Memory is not 0 and < MinimumMemory)
            throw new InvalidParameterException("Minimum memory limit allowed is 6MB");
        if (host.Memory > 0 && host.MemorySwap > 0 && host.MemorySwap < host.Memory)
            throw new InvalidParameterException("Minimum memoryswap limit should be larger than memory limit, see usage");
        if (host.Memory == 0 && host.MemorySwap > 0 && !update)
            throw new InvalidParameterException("You should always set the Memory limit when using Memoryswap limit, see usage");
        if (host.MemoryReservation is not 0 and < MinimumMemory)
            throw new InvalidParameterException("Minimum memory reservation allowed is 6MB");
        if (host.Memory > 0 && host.MemoryReservation > host.Memory)
            throw new InvalidParameterException("Minimum memory limit can not be less than memory reservation limit, see usage");
        if (host.MemorySwappiness is < -1 or > 100)
            throw new InvalidParameterException($"Invalid value: {host.MemorySwappiness}, valid memory swappiness range is 0-100");
        if (host.NanoCpus < 0 || host.NanoCpus > processors * 1_000_000_000L)
            throw new InvalidParameterException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"range of CPUs is from 0.01 to {processors}.00, as there are only {processors} CPUs available"
                )
            );
        if (host.NanoCpus > 0 && (host.CpuPeriod > 0 || host.CpuQuota > 0))
            throw new InvalidParameterException(
                host.CpuPeriod > 0
                    ? "Conflicting options: Nano CPUs and CPU Period cannot both be set"
                    : "Conflicting options: Nano CPUs and CPU Quota cannot both be set"
            );
        if (host.CpuShares < 0)
            throw new InvalidParameterException($"invalid CPU shares ({host.CpuShares}): value must be a positive integer");
        if (host.CpuPeriod is not 0 and (< 1000 or > 1_000_000))
            throw new InvalidParameterException("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        if (host.CpuQuota is > 0 and < 1000)
            throw new InvalidParameterException("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        if (host.BlkioWeight is not 0 and (< 10 or > 1000))
            throw new InvalidParameterException("Range of blkio weight is from 10 to 1000");
        if (host.OomScoreAdj is < -1000 or > 1000)
            throw new InvalidParameterException($"Invalid value {host.OomScoreAdj}, range for oom score adj is [-1000, 1000]");
        if (host.ShmSize < 0)
            throw new InvalidParameterException("SHM size can not be less than 0");
    }

    static void Modes(HostConfig host)
    {
        if (
            host.IpcMode is not ("" or "none" or "private" or "shareable" or "host")
            && !host.IpcMode.StartsWith("container:", StringComparison.Ordinal)
        )
            throw new InvalidParameterException($"invalid IPC mode: {host.IpcMode}");
        if (
            host.PidMode is "container:"
            || host.PidMode is not ("" or "host") && !host.PidMode.StartsWith("container:", StringComparison.Ordinal)
        )
            throw new InvalidParameterException($"invalid PID mode: {host.PidMode}");
        if (host.UTSMode is not ("" or "host"))
            throw new InvalidParameterException($"invalid UTS mode: {host.UTSMode}");
        if (host.UsernsMode is not ("" or "host"))
            throw new InvalidParameterException($"invalid user namespace mode: {host.UsernsMode}");
        if (host.Annotations?.ContainsKey("") == true)
            throw new InvalidParameterException("invalid Annotations: the empty string is not permitted as an annotation key");
        if (host.CgroupnsMode is not ("" or "host" or "private"))
            throw new InvalidParameterException($"invalid cgroup namespace mode: {host.CgroupnsMode}");
    }

    public static void Restart(RestartPolicy policy, bool autoRemove)
    {
        if (policy.Name is not ("" or "no" or "always" or "on-failure" or "unless-stopped"))
            throw new InvalidParameterException(
                $"invalid restart policy: unknown policy '{policy.Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
            );
        if (policy.MaximumRetryCount < 0)
            throw new InvalidParameterException("invalid restart policy: maximum retry count cannot be negative");
        if (policy.MaximumRetryCount > 0 && policy.Name is not "on-failure")
            throw new InvalidParameterException("invalid restart policy: maximum retry count can only be used with 'on-failure'");
        if (autoRemove && policy.Name is not ("" or "no"))
            throw new InvalidParameterException("can't create 'AutoRemove' container with restart policy");
    }

    static void Remapped(HostConfig host)
    {
        if (host.Privileged)
            throw new InvalidParameterException(
                "privileged mode is incompatible with user namespaces.  You must run the container in the host namespace when running privileged mode"
            );
        if (host.NetworkMode == "host")
            throw new InvalidParameterException("cannot share the host's network namespace when user namespaces are enabled");
        if (host.PidMode == "host")
            throw new InvalidParameterException("cannot share the host PID namespace when user namespaces are enabled");
    }

    /// <summary>Only names that the operator gave: a path from a client would run any program as root.</summary>
    static void Runtime(string name, EngineOptions options)
    {
        if (name is not ("" or ContainerDefaults.BuiltInRuntimeName) && !options.Runtimes.ContainsKey(name))
            throw new InvalidParameterException($"unknown or invalid runtime name: {name}");
    }

    // A clear no is better than a container that is not what was asked for.
    static void Unsupported(HostConfig host)
    {
        if (host.DeviceRequests is [var device, ..])
            throw new InvalidParameterException(
                $"could not select device driver \"{device.Driver}\" with capabilities: [{string.Join(' ', (device.Capabilities ?? []).Select(c => $"[{string.Join(' ', c)}]"))}]"
            );
        if (host.CpuCount != 0 || host.CpuPercent != 0 || host.IOMaximumIOps != 0 || host.IOMaximumBandwidth != 0)
            throw new InvalidParameterException(
                "CpuCount, CpuPercent, IOMaximumIOps and IOMaximumBandwidth are limits of Windows containers"
            );
        if (host.Cgroup.Length > 0)
            throw new InvalidParameterException($"invalid cgroup mode: {host.Cgroup}: a container's group is chosen by CgroupParent");
        if (host.Isolation is not ("" or "default"))
            throw new InvalidParameterException($"invalid isolation ({host.Isolation}): linux only supports 'default'");
    }
}
