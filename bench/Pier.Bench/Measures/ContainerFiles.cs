using System.Diagnostics;
using System.Formats.Tar;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>Files of a container: what it changed, as a list and as an image, and copies in both directions.</summary>
sealed class ContainerFiles
{
    const int New = 2000,
        Rounds = 3,
        Copied = 128 << 20;
    const string Committed = "pier-bench-commit";

    static readonly byte[] Archive = Write();

    readonly Dictionary<Engine, string> _changed = [];
    readonly Dictionary<Engine, List<double>> _created = [];
    int _made;

    public IReadOnlyList<Measure> Measures =>
        [
            new(
                "diff of a container with 2,000 new files (API)",
                "ms",
                Better.Lower,
                engine =>
                    Sample(
                        engine,
                        async id =>
                        {
                            if (await engine.Client.Changes(id) < New)
                                throw new InvalidOperationException("diff: files are missing");
                        }
                    )
            ),
            new("commit of a container with 2,000 new files (API)", "ms", Better.Lower, Commit),
            new(
                "the same, until a container of the new image is created (API)",
                "ms",
                Better.Lower,
                engine =>
                    _created.TryGetValue(engine, out var samples) ? Task.FromResult<IReadOnlyList<double>>(samples) : throw Unmeasured()
            ),
            new(
                "cp into a container, 128 MB (API)",
                "MB/s",
                Better.Higher,
                engine => Rates(engine, id => engine.Client.CopyIn(id, "/tmp", Archive))
            ),
            new(
                "cp out of a container, 128 MB (API)",
                "MB/s",
                Better.Higher,
                engine => Rates(engine, id => engine.Client.CopyOut(id, "/tmp/file"))
            ),
        ];

    async Task<IReadOnlyList<double>> Sample(Engine engine, Func<string, Task> work)
    {
        var id = await Container(engine);
        List<double> samples = [];
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await work(id);
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return samples;
    }

    async Task<IReadOnlyList<double>> Rates(Engine engine, Func<string, Task> copy) =>
        [.. (await Sample(engine, copy)).Select(ms => Copied / 1e6 / (ms / 1000))];

    // A container for each: what was committed once is a layer already.
    async Task<IReadOnlyList<double>> Commit(Engine engine)
    {
        List<double> samples = [];
        if (!_created.TryGetValue(engine, out var created))
            _created[engine] = created = [];
        for (var i = 0; i < Rounds; i++)
        {
            var id = await Make(engine, ++_made);
            var start = Stopwatch.GetTimestamp();
            await engine.Client.Commit(id, Committed);
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            // An engine may put off some of the work until somebody needs the layer.
            var made = await engine.Client.Create("none", ["true"], image: Committed);
            created.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await engine.Client.Remove(made);
        }
        return samples;
    }

    static InvalidOperationException Unmeasured() => new("the commit was not measured");

    async Task<string> Container(Engine engine)
    {
        if (!_changed.TryGetValue(engine, out var id))
            _changed[engine] = id = await Make(engine, 0);
        return id;
    }

    static async Task<string> Make(Engine engine, int number)
    {
        var id = await engine.Client.Create(
            "none",
            ["sh", "-c", $"busybox mkdir /new; i=0; while [ $i -lt {New} ]; do i=$((i+1)); echo {number} $i > /new/$i; done"]
        );
        await engine.Client.Start(id);
        if (await engine.Client.Wait(id) is not 0 and var exit)
            throw new InvalidOperationException($"exit code {exit}");
        return id;
    }

    static byte[] Write()
    {
        var content = new byte[Copied];
        Random.Shared.NextBytes(content);
        using var bytes = new MemoryStream(Copied + (1 << 16));
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream(content) });
        return bytes.ToArray();
    }
}
