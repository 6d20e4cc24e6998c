using System.Diagnostics;
using System.Globalization;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>
/// Builds of a directory by each engine's own client as a whole process: BuildKit's wire for Pier and docker, `buildah bud` beside podman.
/// </summary>
sealed class BuildClients(string work)
{
    const int Files = 20_000,
        FileSize = 25_000,
        FilesPerDirectory = 200,
        CachedRounds = 3;

    readonly Dictionary<Engine, string> _contexts = [];
    int _number;

    public IReadOnlyList<Measure> Measures =>
        [
            new("build of 20 steps, all in the cache, own client as a whole process", "ms", Better.Lower, Cached),
            new("build of two independent stages that sleep 1 s each, own client", "s", Better.Lower, Stages),
            new("build with a context of 500 MB in 20,000 files, own client: first", "s", Better.Lower, First),
            new(
                "build with that context, own client: nothing changed",
                "s",
                Better.Lower,
                engine => Task.FromResult<IReadOnlyList<double>>([Build(engine, Context(engine))])
            ),
            new("build with that context, own client: one file changed", "s", Better.Lower, Changed),
            new("build with that context, own client: nothing changed, daemon started anew", "s", Better.Lower, Restarted),
        ];

    Task<IReadOnlyList<double>> Cached(Engine engine)
    {
        var directory = Folder("cached", "LABEL bench=1\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"RUN : {i}\n")));
        Build(engine, directory);
        return Task.FromResult<IReadOnlyList<double>>([.. Enumerable.Range(0, CachedRounds).Select(_ => Build(engine, directory) * 1000)]);
    }

    Task<IReadOnlyList<double>> Stages(Engine engine)
    {
        // A mark of its own: nothing of it is in a cache.
        var mark = Next();
        var directory = Folder(
            "stages",
            $"""
            AS a
            RUN sleep 1; echo {mark} > /a
            FROM {EngineClient.Image} AS b
            RUN sleep 1; echo {mark} > /b
            FROM {EngineClient.Image}
            COPY --from=a /a /
            COPY --from=b /b /

            """,
            sameLine: true
        );
        return Task.FromResult<IReadOnlyList<double>>([Build(engine, directory)]);
    }

    // A directory of another name is another one for every client, and one file more makes another layer of it. Nothing is removed before:
    // ext4 passes by every inode that was freed in the last five seconds, one after the other, for each file that is made.
    Task<IReadOnlyList<double>> First(Engine engine)
    {
        var before = Context(engine);
        var context = $"{before}-{Next()}";
        Directory.Move(before, context);
        _contexts[engine] = context;
        File.WriteAllText(Path.Combine(context, "mark"), context);
        return Task.FromResult<IReadOnlyList<double>>([Build(engine, context)]);
    }

    Task<IReadOnlyList<double>> Changed(Engine engine)
    {
        var context = Context(engine);
        File.WriteAllText(Path.Combine(context, "7", "7"), Next());
        return Task.FromResult<IReadOnlyList<double>>([Build(engine, context)]);
    }

    async Task<IReadOnlyList<double>> Restarted(Engine engine)
    {
        engine.Stop();
        await engine.Start();
        return [Build(engine, Context(engine))];
    }

    const string Tag = "pier-bench-own";

    static double Build(Engine engine, string directory)
    {
        var start = Stopwatch.GetTimestamp();
        Shell.Run(engine.BuildCommand(Tag, directory));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    string Next() => (++_number).ToString(CultureInfo.InvariantCulture);

    string Folder(string name, string steps, bool sameLine = false)
    {
        var directory = Directory.CreateDirectory(Path.Combine(work, "build-" + name)).FullName;
        File.WriteAllText(Path.Combine(directory, "Dockerfile"), $"FROM {EngineClient.Image}{(sameLine ? " " : "\n")}{steps}");
        return directory;
    }

    // One an engine, all alike: what one client reads is in the page cache for none of the others.
    string Context(Engine engine)
    {
        if (_contexts.TryGetValue(engine, out var known))
            return known;
        var root = Folder("context-" + engine.Name, "COPY . /all\n");
        var content = new byte[FileSize];
        for (var i = 0; i < Files; i++)
        {
            var directory = Path.Combine(root, (i / FilesPerDirectory).ToString(CultureInfo.InvariantCulture));
            if (i % FilesPerDirectory == 0)
                Directory.CreateDirectory(directory);
            content.AsSpan().Fill((byte)i);
            BitConverter.TryWriteBytes(content, i);
            File.WriteAllBytes(Path.Combine(directory, (i % FilesPerDirectory).ToString(CultureInfo.InvariantCulture)), content);
        }
        return _contexts[engine] = root;
    }
}
