using Pier.Linux.Capabilities;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>The five sets that a process ends with: the spec's, cut down to what this host can give.</summary>
public sealed record CapabilityPlan(ulong Bounding, ulong Effective, ulong Permitted, ulong Inheritable, ulong Ambient)
{
    public static CapabilityPlan Of(CapabilitySets? sets, HostFacts host)
    {
        // Nothing said is nothing given.
        if (sets is null)
            return new CapabilityPlan(0, 0, 0, 0, 0);
        var known = host.LastCapability >= 63 ? ulong.MaxValue : (1UL << (host.LastCapability + 1)) - 1;
        var can = host.BoundingSet & known;
        var permitted = Capability.Mask(sets.Permitted) & can;
        var inheritable = Capability.Mask(sets.Inheritable) & can;
        return new CapabilityPlan(
            Capability.Mask(sets.Bounding) & can,
            Capability.Mask(sets.Effective) & permitted,
            permitted,
            inheritable,
            // man 7 capabilities: an ambient capability is permitted and inheritable.
            Capability.Mask(sets.Ambient)
                & permitted
                & inheritable
        );
    }

    /// <summary>Names asked for in the bounding set that this host cannot give, or does not know.</summary>
    public static IReadOnlyList<string> Missing(CapabilitySets? sets, HostFacts host) =>
        [
            .. (sets?.Bounding ?? []).Where(n =>
                Capability.Number(n) is var number && (number < 0 || number > host.LastCapability || (host.BoundingSet >> number & 1) == 0)
            ),
        ];
}
