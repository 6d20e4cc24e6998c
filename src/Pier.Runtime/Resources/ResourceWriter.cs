using Pier.Linux;
using Pier.Linux.Cgroups;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Resources;

/// <summary>Puts limits into force.</summary>
public static class ResourceWriter
{
    /// <summary>
    /// Writes every limit that the resources name. Throws <see cref="InvalidParameterException"/> with the spec path of what the kernel
    /// refused.
    /// </summary>
    public static void Apply(ControlGroup group, LinuxResources resources)
    {
        var writes = group.Layout.Unified ? UnifiedPlan.Of(resources) : LegacyPlan.Of(resources);
        var refused = new List<CgroupWrite>();
        foreach (var write in writes)
        {
            var errno = TryOne(group, write);
            if (errno is 0)
                continue;
            // A limit may only be possible once another has been raised or lowered (memory.memsw, cfs_quota): tried again after the rest.
            if (errno is Errno.EINVAL or Errno.EBUSY)
                refused.Add(write);
            else
                throw Refused(write, errno);
        }
        foreach (var write in refused)
            if (TryOne(group, write) is var errno and not 0)
                throw Refused(write, errno);
    }

    /// <summary>Puts device rules into force; nothing to do when they allow everything.</summary>
    public static void ApplyDevices(ControlGroup group, LinuxResources? resources)
    {
        var rules = DeviceRules.Of(resources);
        if (rules.Count == 0)
            return;
        if (group.Layout.Unified)
        {
            DeviceFilter.Replace(group.Directory("unified")!, rules);
            return;
        }
        if (group.Directory("devices") is null)
            throw new UnsupportedException("linux.resources.devices: this host has no devices controller");
        // In their order: what follows one another in one file is written to it at once.
        for (int first = 0, end; first < rules.Count; first = end)
        {
            var allow = rules[first].Allow;
            for (end = first + 1; end < rules.Count && rules[end].Allow == allow; )
                end++;
            string[] lines = [.. rules.Skip(first).Take(end - first).Select(r => r.Legacy)];
            if (group.TryWrite("devices", allow ? "devices.allow" : "devices.deny", lines, out var written) is var errno and not 0)
                throw new HostFailureException($"linux.resources.devices: failed to write \"{lines[written]}\": {Errno.Describe(errno)}");
        }
    }

    static int TryOne(ControlGroup group, CgroupWrite write)
    {
        // Files and values that differ between kernels are written "first|second".
        var files = write.File.Split('|');
        var values = write.Value.Split('|');
        var errno = 0;
        for (var i = 0; i < files.Length; i++)
        {
            errno = group.TryWrite(write.Controller, files[i], values[Math.Min(i, values.Length - 1)]);
            if (errno is not (Errno.ENOENT or Errno.EOPNOTSUPP))
                return errno;
        }
        return errno;
    }

    static EngineException Refused(CgroupWrite write, int errno) =>
        errno is Errno.ENODEV or Errno.ENOENT
            ? new UnsupportedException($"{write.SpecPath}: this host's control groups have no {write.File.Split('|')[^1]}")
            : new InvalidParameterException(
                $"{write.SpecPath}: failed to write \"{write.Value}\" to {write.File}: {Errno.Describe(errno)}"
            );
}
