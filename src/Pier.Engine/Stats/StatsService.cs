using System.Runtime.CompilerServices;
using Pier.Engine.Containers;
using Pier.Engine.Host;
using Pier.Engine.Specs;
using Pier.Model;

namespace Pier.Engine.Stats;

/// <summary>The use case of `stats`: samples of a container, a second apart.</summary>
public sealed class StatsService
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    readonly EngineParts parts;
    readonly bool cgroupV2;
    readonly ulong hostMemory = (ulong)HostService.MemoryTotal();

    internal StatsService(EngineParts parts, SpecFactsReader facts)
    {
        this.parts = parts;
        cgroupV2 = facts.CgroupV2;
    }

    /// <summary>One sample as it is now.</summary>
    public StatsSample Sample(string reference) => Sample(parts.Containers.Resolve(reference));

    /// <summary>A sample with the one a second before it; at once, and empty, for a container that does not run.</summary>
    public async Task<StatsPair> PairAsync(string reference, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        var before = Sample(container);
        if (before.Group is null)
            return new StatsPair(before, null);
        await Task.Delay(Period, parts.Time, ct).ConfigureAwait(false);
        return new StatsPair(Sample(container), before);
    }

    /// <summary>
    /// A sample each second until the container is removed. Throws when it does not exist as soon as the method is called.
    /// </summary>
    public IAsyncEnumerable<StatsPair> StreamAsync(string reference, CancellationToken ct) =>
        Stream(parts.Containers.Resolve(reference), ct);

    async IAsyncEnumerable<StatsPair> Stream(Container container, [EnumeratorCancellation] CancellationToken ct)
    {
        StatsSample? before = null;
        while (parts.Containers.ById(container.Id) is not null)
        {
            var now = Sample(container);
            yield return new StatsPair(now, before);
            before = now.Group is null ? null : now;
            await Task.Delay(Period, parts.Time, ct).ConfigureAwait(false);
        }
    }

    StatsSample Sample(Container container)
    {
        var empty = new StatsSample
        {
            Id = container.Id,
            Name = container.Record.Name,
            CgroupV2 = cgroupV2,
        };
        if (!container.IsRunning)
            return empty;
        try
        {
            return empty with
            {
                Group = GroupCounters.Of(parts.Runtime.Stats(container.Id)),
                Processors = HostProcessors.Read(),
                // The host's own interfaces are not the container's traffic.
                Interfaces = container.Record.HostConfig.NetworkMode == "host" ? [] : InterfaceCounters.OfProcess(container.Pid),
                HostMemory = hostMemory,
            };
        }
        catch (NotFoundException)
        {
            return empty; // it has ended in between
        }
    }
}
