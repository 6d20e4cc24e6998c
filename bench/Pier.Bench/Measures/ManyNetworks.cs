using System.Diagnostics;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>
/// Hundreds of networks and endpoints: what starts with them takes no longer than what starts without. The first line does the work.
/// </summary>
sealed class ManyNetworks
{
    const int Networks = 200,
        Containers = 100,
        NetworksEach = 5,
        Repetitions = 15,
        Clients = 4;

    sealed record Samples(List<double> Before, List<double> After, List<double> List, List<double> Inspect, List<double> Restart);

    readonly Dictionary<Engine, Samples> _samples = [];

    public IEnumerable<Measure> Measures =>
        [
            new("start of a container in a network of its own, the first network", "ms", Better.Lower, Run),
            new(
                $"the same beside {Networks} networks and {Containers * NetworksEach} endpoints",
                "ms",
                Better.Lower,
                engine => Kept(engine, s => s.After)
            ),
            new($"network ls, {Networks} networks (API)", "ms", Better.Lower, engine => Kept(engine, s => s.List)),
            new("network inspect among them (API)", "ms", Better.Lower, engine => Kept(engine, s => s.Inspect)),
            new("restart of the daemon with them, to its first answer", "ms", Better.Lower, engine => Kept(engine, s => s.Restart)),
        ];

    async Task<IReadOnlyList<double>> Run(Engine engine)
    {
        // A second round adds nothing, and takes peers minutes.
        if (_samples.ContainsKey(engine))
            return [];
        if (engine is not PierEngine)
            throw new InvalidOperationException($"not measured: {Containers * NetworksEach} endpoints take minutes");
        var samples = _samples[engine] = new Samples([], [], [], [], []);
        List<string> networks = [];
        List<string> containers = [];
        try
        {
            await Starts(engine, "many-first", samples.Before);
            for (var i = 0; i < Networks; i++)
            {
                await engine.Client.CreateNetwork($"many-{i}");
                networks.Add($"many-{i}");
            }

            await Parallel.ForEachAsync(
                Enumerable.Range(0, Containers),
                new ParallelOptions { MaxDegreeOfParallelism = Clients },
                async (i, _) =>
                {
                    string Network(int n) => $"many-{(i * NetworksEach + n) % Networks}";
                    var id = await engine.Client.Create(Network(0), ["sleep", "100000"]);
                    lock (containers)
                        containers.Add(id);
                    for (var n = 1; n < NetworksEach; n++)
                        await engine.Client.Connect(Network(n), id);
                    await engine.Client.Start(id);
                }
            );
            await Starts(engine, "many-last", samples.After);
            await Times(samples.List, () => engine.Client.Get("networks"));
            await Times(samples.Inspect, () => engine.Client.Get("networks/many-7"));
            samples.Restart.Add((await engine.Restart()).TotalMilliseconds);
            await Starts(engine, "many-after", []);
            return samples.Before;
        }
        finally
        {
            await Parallel.ForEachAsync(containers, async (id, _) => await engine.Client.Remove(id));
            foreach (var network in networks)
                await engine.Client.RemoveNetwork(network);
        }
    }

    static async Task Starts(Engine engine, string network, List<double> samples)
    {
        await engine.Client.CreateNetwork(network);
        for (var i = 0; i < Repetitions; i++)
        {
            var id = await engine.Client.Create(network, ["true"]);
            await Times(samples, () => engine.Client.Start(id), 1);
            await engine.Client.Wait(id);
            await engine.Client.Remove(id);
        }

        await engine.Client.RemoveNetwork(network);
    }

    static async Task Times(List<double> samples, Func<Task> work, int repetitions = Repetitions)
    {
        for (var i = 0; i < repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await work();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    Task<IReadOnlyList<double>> Kept(Engine engine, Func<Samples, IReadOnlyList<double>> pick) =>
        Task.FromResult(
            _samples.TryGetValue(engine, out var samples) ? pick(samples) : throw new InvalidOperationException("not measured")
        );
}
