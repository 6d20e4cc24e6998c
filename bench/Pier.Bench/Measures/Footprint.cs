using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>What an engine takes and how long it needs before it serves.</summary>
static class Footprint
{
    public static Measure DaemonStart() =>
        new(
            "daemon start to its first answer",
            "ms",
            Better.Lower,
            async engine =>
            {
                engine.Stop();
                return [(await engine.Start()).TotalMilliseconds];
            }
        );

    public static Measure IdleMemory() =>
        new(
            "memory of the idle engine, all its processes (PSS)",
            "MiB",
            Better.Lower,
            async engine =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                return [engine.Memory() / (double)(1 << 20)];
            }
        );

    public static Measure BinarySize() =>
        new(
            "size of its binaries",
            "MB",
            Better.Lower,
            engine =>
                Task.FromResult<IReadOnlyList<double>>([
                    engine.Binaries.Sum(b =>
                        new FileInfo(b).ResolveLinkTarget(true) is FileInfo target ? target.Length : new FileInfo(b).Length
                    ) / 1e6,
                ])
        );
}
