using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>Builds over the API, by the wire that all engines speak.</summary>
static class Builds
{
    const int Steps = 20,
        CachedPerRound = 5;

    static readonly byte[] Context = Write(Steps),
        Base = Write(0);

    public static Measure Cached() =>
        new(
            $"build of {Steps} steps, all in the cache (API)",
            "ms",
            Better.Lower,
            async engine =>
            {
                await engine.Client.Build(Context, cached: true);
                List<double> samples = [];
                for (var i = 0; i < CachedPerRound; i++)
                    samples.Add(await Time(() => engine.Client.Build(Context, cached: true)));
                return samples;
            }
        );

    /// <summary>What a step costs over the command itself, which is nothing here.</summary>
    public static Measure PerRun() =>
        new(
            "build: a RUN step that does nothing, without the cache",
            "ms",
            Better.Lower,
            async engine =>
            {
                var empty = await Time(() => engine.Client.Build(Base, cached: false));
                var all = await Time(() => engine.Client.Build(Context, cached: false));
                return [(all - empty) / Steps];
            }
        );

    static async Task<double> Time(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    static byte[] Write(int steps)
    {
        var text = new StringBuilder($"FROM {EngineClient.Image}\nLABEL bench=1\n");
        for (var step = 0; step < steps; step++)
            text.Append($"RUN : {step}\n");
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, "Dockerfile")
                {
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())),
                }
            );
        return bytes.ToArray();
    }
}
