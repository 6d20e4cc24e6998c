using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Engine.Mounts;

/// <summary>
/// All mounts that a container asks for, one a place. As in Docker: --volumes-from first, -v and --mount in their place where they meet, an
/// image's VOLUME only where nothing else is. --tmpfs stays in the HostConfig. Nothing is made here.
/// </summary>
static class MountPlanner
{
    public static IReadOnlyList<MountPlan> Plan(HostConfig host, ContainerConfig config, Func<string, ContainerRecord> container)
    {
        var plans = new Dictionary<string, MountPlan>();
        foreach (var spec in host.VolumesFrom ?? [])
        foreach (var plan in From(spec, container))
            plans[plan.Destination] = plan;

        var own = new HashSet<string>();
        foreach (var (target, options) in host.Tmpfs ?? [])
        {
            TmpfsOptionRules.Check(options);
            Take(MountPaths.Target(target));
        }
        foreach (var bind in host.Binds ?? [])
            Put(BindSyntax.Parse(bind, host.VolumeDriver));
        foreach (var mount in host.Mounts ?? [])
            Put(MountRules.Plan(mount));

        foreach (var target in (config.Volumes ?? []).Keys)
        {
            var plan = BindSyntax.Anonymous(target);
            if (!own.Contains(plan.Destination))
                plans.TryAdd(plan.Destination, plan);
        }
        return [.. plans.Values];

        void Put(MountPlan plan)
        {
            Take(plan.Destination);
            plans[plan.Destination] = plan;
        }

        void Take(string destination)
        {
            if (!own.Add(destination))
                throw new InvalidParameterException($"Duplicate mount point: {destination}");
            plans.Remove(destination);
        }
    }

    /// <summary>CONTAINER[:ro|rw]: the mounts of another container; ro makes them read-only here.</summary>
    static IEnumerable<MountPlan> From(string spec, Func<string, ContainerRecord> container)
    {
        if (spec.Length == 0)
            throw new InvalidParameterException("volumes-from specification cannot be an empty string");
        var colon = spec.IndexOf(':');
        var mode = colon < 0 ? "" : spec[(colon + 1)..];
        foreach (var word in mode.Length == 0 ? [] : mode.Split(','))
            if (word is not ("ro" or "rw" or "z" or "Z"))
                throw new InvalidParameterException($"invalid mode: {mode}");
        var readOnly = mode.Split(',').Contains("ro");
        var record = container(colon < 0 ? spec : spec[..colon]);
        foreach (var point in record.Mounts)
        {
            if (point.Type is "tmpfs" or "image")
                continue;
            yield return new MountPlan(point with { RW = point.RW && !readOnly, Mode = mode }) { Detail = record.DetailOf(point) };
        }
    }
}
