using System.Diagnostics;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>
/// Lists among many containers, and the daemon started anew beside them. Peers would need minutes to make them: Pier is measured alone.
/// </summary>
sealed class Crowd
{
    const int Stopped = 1000,
        Running = 300,
        Clients = 8,
        Lists = 20,
        Restarts = 3;

    List<double> _all = [],
        _restarts = [];

    public IEnumerable<Measure> Measures =>
        [
            new($"list {Running} running containers beside {Stopped} stopped (API)", "ms", Better.Lower, Run),
            new(
                "list them all (API)",
                "ms",
                Better.Lower,
                engine => Task.FromResult<IReadOnlyList<double>>(engine is PierEngine ? _all : throw Alone())
            ),
            new(
                $"restart of the killed daemon beside {Running} running and {Stopped} stopped, to its first answer",
                "ms",
                Better.Lower,
                engine => Task.FromResult<IReadOnlyList<double>>(engine is PierEngine ? _restarts : throw Alone())
            ),
        ];

    async Task<IReadOnlyList<double>> Run(Engine engine)
    {
        if (engine is not PierEngine)
            throw Alone();
        var ids = new string[Stopped + Running];
        var together = new ParallelOptions { MaxDegreeOfParallelism = Clients };
        try
        {
            await Parallel.ForAsync(
                0,
                ids.Length,
                together,
                async (i, _) =>
                {
                    ids[i] = await engine.Client.Create("none", ["sleep", "100000"]);
                    if (i < Running)
                        await engine.Client.Start(ids[i]);
                }
            );
            _all = await Time(() => engine.Client.List(), ids.Length);
            var running = await Time(() => engine.Client.List(all: false), Running);
            _restarts = [];
            for (var i = 0; i < Restarts; i++)
            {
                _restarts.Add((await engine.Restart()).TotalMilliseconds);
                if (await engine.Client.List() < ids.Length)
                    throw new InvalidOperationException("containers are missing after the restart");
            }
            return running;
        }
        finally
        {
            await Parallel.ForEachAsync(ids.Where(id => id is not null), together, async (id, _) => await engine.Client.Remove(id));
        }
    }

    static async Task<List<double>> Time(Func<Task<int>> list, int count)
    {
        var samples = new List<double>();
        for (var i = 0; i < Lists; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (await list() < count)
                throw new InvalidOperationException("containers are missing from the list");
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return samples;
    }

    static InvalidOperationException Alone() => new("it would need minutes to make the containers");
}
