using Pier.Engine.Volumes;
using Pier.Model;

namespace Pier.Engine.Mounts;

/// <summary>
/// Makes what plans need of the host: volumes, and the sources of -v. The answer is the mounts as the container's record keeps them.
/// </summary>
sealed class MountMaker(EngineParts parts, VolumeHolds holds)
{
    readonly List<string> _made = [];

    public MountPoint[] Make(IReadOnlyList<MountPlan> plans) => [.. plans.Select(Make)];

    /// <summary>Removes the anonymous volumes again: the creation failed.</summary>
    public void Undo()
    {
        holds.Dispose();
        foreach (var name in _made)
        {
            try
            {
                parts.Volumes.Remove(name);
            }
            catch (EngineException)
            {
                // The failure that brought us here is the one to tell; prune finds the volume.
            }
        }
    }

    MountPoint Make(MountPlan plan)
    {
        switch (plan.Point.Type)
        {
            case "volume" when plan.Volume is { } request:
                var volume = parts.Volumes.Ensure(request, holds);
                if (plan.Detail.Anonymous)
                    _made.Add(volume.Name);
                return plan.Point with
                {
                    Name = volume.Name,
                    Driver = volume.Driver,
                    Source = parts.Volumes.DriverOf(volume).Describe(volume.Name).Mountpoint,
                };
            case "volume":
                if (!parts.Volumes.TryHold(plan.Point.Name!, holds))
                    throw new NotFoundException($"get {plan.Point.Name}: no such volume");
                return plan.Point;
            case "bind":
                PrepareSource(plan);
                return plan.Point;
            case "image":
                return plan.Point with { Source = parts.Store.Images.Resolve(plan.Point.Source).Id.ToString() };
            default:
                return plan.Point;
        }
    }

    /// <summary>-v makes a missing source as a directory, as Docker does; --mount does not, unless told to.</summary>
    public static void PrepareSource(MountPlan plan)
    {
        var source = plan.Point.Source;
        if (Path.Exists(source))
            return;
        if (!plan.CreateSource)
            throw new InvalidParameterException($"invalid mount config for type \"bind\": bind source path does not exist: {source}");
        try
        {
            Directory.CreateDirectory(source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostFailureException($"error while creating mount source path '{source}': {e.Message}", e);
        }
    }
}
