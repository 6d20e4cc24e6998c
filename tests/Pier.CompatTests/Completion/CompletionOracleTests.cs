namespace Pier.CompatTests.Completion;

/// <summary>What docker's client (in PATH, 28.x) and Pier's offer at the same places, against the same daemon.</summary>
public sealed class CompletionOracleTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    /// <summary>Command lines up to the cursor; "@" is an empty word.</summary>
    static readonly string[] Places =
    [
        "container @",
        "container st",
        "network @",
        "context @",
        "trust @",
        "trust key @",
        "run -",
        "run --",
        "run --net",
        "run @",
        "run --rm @",
        "run --rm -it @",
        "run -itd @",
        "run --restart @",
        "run --restart=@",
        "run --restart=on",
        "run --network @",
        "run --network=",
        "run --network=h",
        "run --log-driver @",
        "run --pull @",
        "run --attach @",
        "run -a @",
        "run --cap-add CAP_SYS_A",
        "run --ipc @",
        "run --pid @",
        "run --userns @",
        "run --uts @",
        "run --cgroupns @",
        "run --security-opt @",
        "run --platform linux/am",
        "run --volumes-from @",
        "run --link @",
        "run busybox @",
        "run busybox -",
        "kill -s T",
        "kill --signal=T",
        "kill @",
        "stop @",
        "stop -- @",
        "-D stop @",
        "start @",
        "restart @",
        "rm @",
        "rm -f @",
        "-l debug rm @",
        "logs @",
        "exec @",
        "exec -",
        "exec corun -",
        "attach @",
        "pause @",
        "unpause @",
        "rename @",
        "top @",
        "wait @",
        "stats @",
        "update @",
        "export @",
        "tag @",
        "rmi @",
        "push @",
        "pull @",
        "save @",
        "save -o @",
        "history @",
        "container inspect @",
        "image inspect @",
        "image rm @",
        "import @",
        "load -i @",
        "volume rm @",
        "volume inspect @",
        "network rm @",
        "network inspect @",
        "network connect @",
        "network connect none @",
        "network disconnect @",
        "network disconnect none @",
        "ps --no",
        "build @",
        "build -f @",
        "-c @",
        "--context @",
        "-",
        "--",
        "context use @",
        "context inspect @",
        "context export @",
        "completion @",
        "login @",
    ];

    /// <summary>Places where Pier offers something else, and why.</summary>
    static readonly Dictionary<string, string> Different = new()
    {
        ["@"] = "the commands are not the same: Swarm's are missing, Pier's completion is not hidden",
        ["inspect @"] = "docker offers nothing without --type; here all objects that it finds",
        ["port @"] = "docker offers running containers alone; stopped ones have the command too",
        ["diff @"] = "docker offers running containers alone; stopped ones have the command too",
        ["commit @"] = "docker offers running containers alone; stopped ones have the command too",
        ["context rm @"] = "the default context cannot be removed",
        ["context update @"] = "the default context cannot be updated",
        ["ps --filter @"] = "docker offers files, here the filters' names",
        ["ps --format @"] = "docker offers files, here json and table",
        ["cp @"] = "docker offers files alone, here containers before them",
        ["help @"] = "docker offers files, here commands",
        ["nosuch @"] = "docker offers files, here nothing",
        ["stop -t @"] = "docker offers files, here nothing",
        ["run --detach-keys @"] = "docker lets files follow",
    };

    [SkippableFact]
    public async Task The_same_is_offered_but_for_what_has_a_reason()
    {
        var docker = new Client("docker", daemon);
        Skip.If(docker.Missing is not null, docker.Missing);
        var version = (await docker.RunAsync("--version")).Out;
        Skip.If(!version.Contains(" 28.", StringComparison.Ordinal), $"the docker client in PATH is not 28.x: {version.Trim()}");
        var pier = new Client("pier", daemon);
        foreach (
            var words in (string[][])
                [
                    ["create", "--name", "conew", "--network", "none", "busybox", "true"],
                    ["run", "-d", "--name", "corun", "--network", "none", "busybox", "sleep", "1000"],
                    ["volume", "create", "covol"],
                ]
        )
            Assert.Equal(0, (await pier.RunAsync(words)).Code);
        var problems = new List<string>();
        foreach (var place in Places)
        {
            var answers = await Task.WhenAll(Offer(docker, place), Offer(pier, place));
            if (answers[0] != answers[1])
                problems.Add($"{place}\n  docker: {answers[0]}\n  pier:   {answers[1]}");
        }
        Assert.True(problems.Count == 0, $"{problems.Count} places differ:\n{string.Join('\n', problems)}");
        foreach (var (place, reason) in Different)
        {
            var answers = await Task.WhenAll(Offer(docker, place), Offer(pier, place));
            Assert.True(answers[0] != answers[1], $"{place} does not differ any more ({reason})");
        }
    }

    /// <summary>The words that fit what was typed, and the directive.</summary>
    static async Task<string> Offer(Client client, string place)
    {
        var words = place.Split(' ').Select(w => w.Replace("@", "", StringComparison.Ordinal)).ToArray();
        var typed = words[^1].StartsWith("--", StringComparison.Ordinal) ? words[^1][(words[^1].IndexOf('=') + 1)..] : words[^1];
        var run = await client.RunAsync(["__complete", .. words]);
        Assert.Equal(0, run.Code);
        var lines = run.Out.TrimEnd('\n').Split('\n');
        var fitting = lines[..^1].Select(l => l.Split('\t')[0]).Where(l => l.StartsWith(typed, StringComparison.Ordinal)).Distinct();
        return string.Join(' ', fitting.Order(StringComparer.Ordinal)) + " " + lines[^1];
    }
}
