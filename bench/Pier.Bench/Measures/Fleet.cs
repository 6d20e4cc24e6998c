using System.Collections.Concurrent;
using System.Diagnostics;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>Many containers at once. The first line's rounds do the work and keep what the other lines show.</summary>
sealed class Fleet
{
    const int Containers = 40,
        Clients = 8,
        Lists = 20;

    /// <summary>Time for an engine to settle before its memory is read.</summary>
    static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    sealed record Samples(List<double> Remove, List<double> Memory, List<double> List);

    readonly Dictionary<Engine, Samples> _samples = [];

    public IEnumerable<Measure> Measures =>
        [
            new($"containers started per second, {Clients} clients, bridge network", "/s", Better.Higher, Run),
            new(
                $"running containers removed by force per second, {Clients} clients",
                "/s",
                Better.Higher,
                engine => Kept(engine, s => s.Remove)
            ),
            new($"memory per idle container, engine side (PSS)", "MiB", Better.Lower, engine => Kept(engine, s => s.Memory)),
            new($"list {Containers} containers (API)", "ms", Better.Lower, engine => Kept(engine, s => s.List)),
        ];

    async Task<IReadOnlyList<double>> Run(Engine engine)
    {
        if (!_samples.TryGetValue(engine, out var samples))
            _samples[engine] = samples = new Samples([], [], []);
        var before = engine.Memory();
        ConcurrentBag<string> ids = [];
        try
        {
            var started = await Together(
                Enumerable.Range(0, Containers),
                async _ =>
                {
                    var id = await engine.Client.Create("bridge", ["sleep", "100000"]);
                    ids.Add(id);
                    await engine.Client.Start(id);
                }
            );
            await Task.Delay(Settle);
            samples.Memory.Add((engine.Memory() - before) / (double)Containers / (1 << 20));
            for (var i = 0; i < Lists; i++)
            {
                var start = Stopwatch.GetTimestamp();
                if (await engine.Client.List() < Containers)
                    throw new InvalidOperationException("containers are missing from the list");
                samples.List.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            samples.Remove.Add(await Together(ids, engine.Client.Remove));
            ids.Clear();
            return [started];
        }
        finally
        {
            foreach (var id in ids)
                await engine.Client.Remove(id);
        }
    }

    Task<IReadOnlyList<double>> Kept(Engine engine, Func<Samples, IReadOnlyList<double>> pick) =>
        Task.FromResult(
            _samples.TryGetValue(engine, out var samples)
                ? pick(samples)
                : throw new InvalidOperationException("the containers did not start")
        );

    /// <summary>Does something for each item, from all clients; returns items a second.</summary>
    static async Task<double> Together<T>(IEnumerable<T> items, Func<T, Task> work)
    {
        var all = items.ToList();
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (item, _) => await work(item));
        return all.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
