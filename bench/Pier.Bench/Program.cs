using System.Diagnostics;
using System.Text.Json;
using Pier.Bench;
using Pier.Bench.Engines;
using Pier.Bench.Measures;

var options = Options.Parse(args);
var command = "dotnet run --project bench/Pier.Bench -c Release -- --pier artifacts/native/pier --out docs/benchmarks.md";

// No new round of a measure after this time: the whole run stays under five minutes.
var measureLimit = TimeSpan.FromSeconds(15);
Directory.CreateDirectory(options.Work);
List<Engine> engines = [];
Dictionary<string, string> absent = [];
try
{
    var tar = Path.Combine(options.Work, "rootfs.tar");
    Rootfs.Write(tar);
    foreach (var engine in Candidates())
    {
        try
        {
            await engine.Start();
            await engine.Client.Import(tar);
            engines.Add(engine);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException)
        {
            absent[engine.Name] = e.Message;
            Console.Error.WriteLine($"{engine.Name}: {e.Message}");
            engine.Dispose();
        }
    }

    var report = new Report(engines, command);
    foreach (var measure in Measures().Where(m => options.Only is null || m.Title.Contains(options.Only, StringComparison.Ordinal)))
        await Run(measure, report);
    var text = report.Write(absent);
    Console.Write(text);
    if (options.Output is not null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.Output)!);
        File.WriteAllText(options.Output, text);
    }

    return engines.Any(e => e is PierEngine) || options.Pier is null ? 0 : 1;
}
finally
{
    foreach (var engine in engines)
        engine.Dispose();
    Shell.Try(["rm", "-rf", "--one-file-system", options.Work]);
}

IEnumerable<Engine> Candidates()
{
    if (options.Pier is not null)
        yield return new PierEngine(options.Pier, Path.Combine(options.Work, "pier"));
    if (!options.Without.Contains("docker") && Present("dockerd", DockerEngine.Program))
        yield return new DockerEngine(Path.Combine(options.Work, "docker"));
    if (!options.Without.Contains("podman") && Present("podman", PodmanEngine.Program))
        yield return new PodmanEngine(Path.Combine(options.Work, "podman"));
}

bool Present(string name, string program)
{
    if (File.Exists(program))
        return true;
    absent[name] = $"{program} is not installed";
    return false;
}

IEnumerable<Measure> Measures()
{
    var fleet = new Fleet();
    var logs = new LogThroughput();
    return
    [
        // First, while nothing has run in the engines: a daemon that was just started is an idle one.
        Footprint.DaemonStart(),
        Footprint.IdleMemory(),
        Cycles.Lifecycle("create + start + wait + remove `true`, bridge network (API)", "bridge"),
        Cycles.Lifecycle("the same, no network", "none"),
        Cycles.Lifecycle("the same, one published port", "bridge", publish: true),
        Cycles.Exec(),
        Cycles.Client(),
        .. fleet.Measures,
        .. new Crowd().Measures,
        .. logs.Measures,
        Endpoints.Connect(),
        Endpoints.Disconnect(),
        Endpoints.Name(),
        .. new Paths(options.Work).Measures,
        .. new ManyNetworks().Measures,
        .. new Images(options.Work, options.Pier).Measures,
        .. new RegistryRates(options.Work, options.Pier).Measures,
        Builds.Cached(),
        Builds.PerRun(),
        .. new BuildClients(options.Work).Measures,
        .. new ContainerFiles().Measures,
        Footprint.BinarySize(),
    ];
}

// A B A B: every round goes to each engine, so that the machine's moods meet them all. A line taken from another's round sees its last one.
async Task Run(Measure measure, Report report)
{
    var started = Stopwatch.GetTimestamp();
    Dictionary<Engine, List<double>> samples = [];
    Dictionary<Engine, string> failures = [];
    for (var round = 0; round < options.Rounds && (round == 0 || Stopwatch.GetElapsedTime(started) < measureLimit); round++)
    {
        foreach (var engine in engines.Where(e => !failures.ContainsKey(e)))
        {
            try
            {
                if (!samples.TryGetValue(engine, out var all))
                    samples[engine] = all = [];
                all.AddRange(await measure.Round(engine));
            }
            catch (Exception e)
                when (e
                        is InvalidOperationException
                            or HttpRequestException
                            or TaskCanceledException
                            or JsonException
                            or FormatException
                            or IOException
                )
            {
                failures[engine] = e.Message.ReplaceLineEndings(" ");
            }
        }
    }

    report.Add(measure, samples, failures);
    Console.Error.WriteLine($"{measure.Title}: {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
}
