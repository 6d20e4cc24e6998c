using System.Diagnostics;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>Images in and out. The registry is the same for all: Pier's, started in each engine's network namespace for its turn.</summary>
sealed class Images(string work, string? registryProgram)
{
    const int Layers = 8,
        LayerSize = 128 << 20,
        PlainLayers = 4,
        Listed = 500,
        ListRounds = 20,
        NoChangeRounds = 5;
    const string Registry = "127.0.0.1:5000",
        Name = Registry + "/big:1",
        Plain = "plain:1";

    static readonly TimeSpan SampleLimit = TimeSpan.FromSeconds(5);

    readonly string _plain = Path.Combine(work, "plain.tar"),
        _many = Path.Combine(work, "many.tar");
    bool _isFilled;

    public IReadOnlyList<Measure> Measures =>
        [
            new("pull 1 GiB, 8 gzipped layers, local registry", "s", Better.Lower, Pull),
            new("pull it again, nothing changed", "ms", Better.Lower, PullAgain),
            new("load an image of 512 MiB, 4 plain layers", "MB/s", Better.Higher, Load),
            new("save it", "MB/s", Better.Higher, Save),
            new("list 500 images (API)", "ms", Better.Lower, List),
        ];

    async Task<IReadOnlyList<double>> Pull(Engine engine)
    {
        using var registry = await Serve(engine);
        await engine.Client.RemoveImage(Name);
        var start = Stopwatch.GetTimestamp();
        await engine.Client.Pull(Registry + "/big", "1");
        return [Stopwatch.GetElapsedTime(start).TotalSeconds];
    }

    async Task<IReadOnlyList<double>> PullAgain(Engine engine)
    {
        using var registry = await Serve(engine);
        await engine.Client.Pull(Registry + "/big", "1");
        var samples = await Sample(NoChangeRounds, () => engine.Client.Pull(Registry + "/big", "1"));
        await engine.Client.RemoveImage(Name);
        return samples;
    }

    async Task<IReadOnlyList<double>> Load(Engine engine)
    {
        if (!File.Exists(_plain))
            Archives.WriteLayered(_plain, Plain, PlainLayers, LayerSize, gzip: false);
        await engine.Client.RemoveImage(Plain);
        var start = Stopwatch.GetTimestamp();
        await engine.Client.Load(_plain);
        return [new FileInfo(_plain).Length / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds];
    }

    async Task<IReadOnlyList<double>> Save(Engine engine)
    {
        if (!await engine.Client.HasImage(Plain))
            await Load(engine);
        var start = Stopwatch.GetTimestamp();
        var bytes = await engine.Client.Save(Plain);
        return [bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds];
    }

    async Task<IReadOnlyList<double>> List(Engine engine)
    {
        if (!File.Exists(_many))
            Archives.WriteMany(_many, "many", Listed);
        if (!await engine.Client.HasImage($"many:{Listed - 1}"))
            await engine.Client.Load(_many);
        return await Sample(ListRounds, engine.Client.ListImages);
    }

    async Task<ServedRegistry> Serve(Engine engine)
    {
        var registry = await ServedRegistry.Start(
            [
                registryProgram ?? throw new InvalidOperationException("no registry: --pier is not given"),
                "registry",
                "serve",
                "--addr",
                Registry,
                "--root",
                Path.Combine(work, "registry"),
            ],
            engine
        );
        if (_isFilled)
            return registry;
        var archive = Path.Combine(work, "big.tar");
        Archives.WriteLayered(archive, Name, Layers, LayerSize, gzip: true);
        await engine.Client.Load(archive);
        File.Delete(archive);
        await engine.Client.Push(Registry + "/big", "1");
        _isFilled = true;
        return registry;
    }

    static async Task<IReadOnlyList<double>> Sample(int count, Func<Task> work)
    {
        await work();
        List<double> samples = [];
        var begun = Stopwatch.GetTimestamp();
        // An engine that takes seconds for a list is measured well enough by one.
        for (var i = 0; i < count && (i == 0 || Stopwatch.GetElapsedTime(begun) < SampleLimit); i++)
        {
            var start = Stopwatch.GetTimestamp();
            await work();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return samples;
    }
}
