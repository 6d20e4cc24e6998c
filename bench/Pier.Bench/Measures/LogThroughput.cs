using System.Diagnostics;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>A container that writes a large file to its output, and a client that reads it back, through the default log driver.</summary>
sealed class LogThroughput
{
    const double MegaBytes = Rootfs.LogBytes / 1e6;

    readonly Dictionary<Engine, List<double>> _read = [];

    public IEnumerable<Measure> Measures =>
        [
            new("log writing, default driver", "MB/s", Better.Higher, Run),
            new(
                "log reading (API)",
                "MB/s",
                Better.Higher,
                engine =>
                    Task.FromResult<IReadOnlyList<double>>(
                        _read.TryGetValue(engine, out var read) ? read : throw new InvalidOperationException("nothing was written")
                    )
            ),
        ];

    async Task<IReadOnlyList<double>> Run(Engine engine)
    {
        var id = await engine.Client.Create("none", ["cat", "/lines"]);
        try
        {
            var start = Stopwatch.GetTimestamp();
            await engine.Client.Start(id);
            await engine.Client.Wait(id);
            var written = MegaBytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            var bytes = await engine.Client.Logs(id);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (bytes < Rootfs.LogBytes)
                throw new InvalidOperationException($"{Rootfs.LogBytes - bytes} bytes of the log are lost");
            if (!_read.TryGetValue(engine, out var read))
                _read[engine] = read = [];
            read.Add(MegaBytes / elapsed);
            return [written];
        }
        finally
        {
            await engine.Client.Remove(id);
        }
    }
}
