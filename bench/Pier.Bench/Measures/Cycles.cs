using System.Diagnostics;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>One client, one container at a time.</summary>
static class Cycles
{
    const int CyclesPerRound = 8,
        ExecsPerRound = 10,
        ClientRunsPerRound = 5;

    /// <summary>A slow engine gets fewer samples: a round ends after this time.</summary>
    static readonly TimeSpan RoundLimit = TimeSpan.FromSeconds(4);

    public static Measure Lifecycle(string title, string network, bool publish = false) =>
        new(
            title,
            "ms",
            Better.Lower,
            engine =>
                Sample(
                    CyclesPerRound,
                    async () =>
                    {
                        var id = await engine.Client.Create(network, ["true"], publish ? 80 : 0);
                        await engine.Client.Start(id);
                        var exit = await engine.Client.Wait(id);
                        await engine.Client.Remove(id);
                        if (exit != 0)
                            throw new InvalidOperationException($"exit code {exit}");
                    }
                )
        );

    public static Measure Exec() =>
        new(
            "exec `true` in a running container (API)",
            "ms",
            Better.Lower,
            async engine =>
            {
                var id = await engine.Client.Create("none", ["sleep", "100000"]);
                try
                {
                    await engine.Client.Start(id);
                    return await Sample(ExecsPerRound, () => engine.Client.Exec(id, ["true"]));
                }
                finally
                {
                    await engine.Client.Remove(id);
                }
            }
        );

    public static Measure Client() =>
        new(
            "`run --rm IMAGE true`, the engine's own client as a whole process",
            "ms",
            Better.Lower,
            engine => Sample(ClientRunsPerRound, () => Task.Run(() => Shell.Run(engine.RunCommand)))
        );

    static async Task<IReadOnlyList<double>> Sample(int count, Func<Task> work)
    {
        // The first of a round is warm-up.
        await work();
        List<double> samples = [];
        var round = Stopwatch.GetTimestamp();
        while (samples.Count < count && (samples.Count < 2 || Stopwatch.GetElapsedTime(round) < RoundLimit))
        {
            var start = Stopwatch.GetTimestamp();
            await work();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return samples;
    }
}
