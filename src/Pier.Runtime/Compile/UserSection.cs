using Pier.Linux;
using Pier.Linux.Capabilities;
using Pier.Linux.Launch;
using Pier.Linux.Limits;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>Limits, scheduling, ids and capabilities of the process.</summary>
sealed class UserSection(Compilation c, Process process, bool userNamespace)
{
    // user_namespaces(7): whoever enters a user namespace has every capability in it, also those that this process lacks.
    readonly ulong _bounding = userNamespace ? ulong.MaxValue : c.Host.BoundingSet;
    readonly CapabilityPlan _capabilities = CapabilityPlan.Of(
        process.Capabilities,
        userNamespace ? c.Host with { BoundingSet = ulong.MaxValue } : c.Host
    );

    public void Limits()
    {
        var seen = new HashSet<string>();
        foreach (var limit in process.Rlimits ?? [])
        {
            var number = ResourceLimit.Number(limit.Type);
            if (number < 0)
                throw Compilation.Invalid("process.rlimits", $"invalid rlimit type: {limit.Type}");
            if (!seen.Add(limit.Type))
                throw Compilation.Invalid("process.rlimits", $"duplicate {limit.Type}");
            c.Builder.About($"process.rlimits {limit.Type}")
                .Call(Syscall.Prlimit64, 0, number, c.Builder.Struct(new ResourceLimit(limit.Soft, limit.Hard)), 0);
        }
    }

    /// <summary>
    /// Everything that needs privileges and is not a capability itself; ends with the ids changed and the permitted set kept.
    /// </summary>
    public void Become()
    {
        var b = c.Builder;
        Scheduling.Emit(c, process);
        if (process.NoNewPrivileges)
            b.About("process.noNewPrivileges").Call(Syscall.Prctl, CapabilityCalls.PrSetNoNewPrivs, 1, 0, 0, 0);
        for (var i = 0; i <= c.Host.LastCapability; i++)
        {
            if ((_bounding >> i & 1) != 0 && (_capabilities.Bounding >> i & 1) == 0)
                b.About($"process.capabilities.bounding {Capability.Name(i)}")
                    .Call(Syscall.Prctl, CapabilityCalls.PrCapbsetDrop, i, 0, 0, 0);
        }
        b.About("process.user").Call(Syscall.Prctl, CapabilityCalls.PrSetKeepCaps, 1, 0, 0, 0);
        var groups = process.User.AdditionalGids ?? [];
        var list = new byte[4 * Math.Max(groups.Count, 1)];
        for (var i = 0; i < groups.Count; i++)
            BitConverter.TryWriteBytes(list.AsSpan(4 * i), groups[i]);
        b.About("process.user.additionalGids").Call(Syscall.Setgroups, groups.Count, b.Bytes(list));
        b.About("process.user.gid").Call(Syscall.Setresgid, process.User.Gid, process.User.Gid, process.User.Gid);
        b.About("process.user.uid").Call(Syscall.Setresuid, process.User.Uid, process.User.Uid, process.User.Uid);
        b.About("process.user.umask").Call(Syscall.Umask, process.User.Umask ?? 0x12);
    }

    /// <summary>
    /// The final sets, plus <paramref name="extra"/> while the filter still has to be loaded. Inheritable stays what the spec says:
    /// an engine leaves it empty (CVE-2022-24769).
    /// </summary>
    public void SetCapabilities(ulong extra)
    {
        var b = c.Builder.About("process.capabilities");
        b.Call(
            Syscall.Capset,
            b.Struct(CapabilityHeader.Self),
            b.Struct(CapabilityData.Of(_capabilities.Effective | extra, _capabilities.Permitted | extra, _capabilities.Inheritable))
        );
    }

    public void RaiseAmbient()
    {
        var b = c.Builder;
        for (var i = 0; i < 64; i++)
            if ((_capabilities.Ambient >> i & 1) != 0)
                b.About($"process.capabilities.ambient {Capability.Name(i)}")
                    .Call(Syscall.Prctl, CapabilityCalls.PrCapAmbient, CapabilityCalls.AmbientRaise, i, 0, 0);
    }
}
