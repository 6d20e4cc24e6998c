namespace Pier.CompatTests.Contexts;

/// <summary>The same commands through docker's client (in PATH, 28.x) and Pier's: output, exit code and files.</summary>
public sealed class ContextOracleTests
{
    /// <summary>Commands in an order in which each finds what it needs; "|" separates words.</summary>
    static readonly string[] Script =
    [
        "context",
        "context|nosuch",
        "context|ls",
        "context|show",
        "context|inspect",
        "context|inspect|nosuch",
        "context|create",
        "context|create|a",
        "context|create|default",
        "context|create|a/b",
        "context|create|",
        "context|create|_a",
        "context|create|--docker|bad|xx",
        "context|create|--docker||xx",
        "context|create|--docker|bad=1|xx",
        "context|create|--docker|Host=tcp://h:1|xx",
        "context|create|--docker|host=foo|xx",
        "context|create|--docker|host=tcp://|xx",
        "context|create|--docker|host=unix://|xx",
        "context|create|--docker|host=npipe:////./pipe/x|xx",
        "context|create|--docker|host=ssh://|xx",
        "context|create|--docker|host=ssh://a:b@host|xx",
        "context|create|--docker|host=ssh://host?x=1|xx",
        "context|create|--docker|ca=/nosuch|xx",
        "context|create|--docker|cert=/nosuch,key=/x|xx",
        "context|create|--docker|host=tcp://1.2.3.4:2376,ca=junk|xx",
        "context|create|--docker|host=tcp://1.2.3.4:2376,cert=junk,key=key.pem|xx",
        "context|create|--docker|skip-tls-verify=maybe|xx",
        "context|create|--docker|from=nosuch|xx",
        "context|create|--from|nosuch|xx",
        "context|create|--from|b|--docker|host=tcp://9.9.9.9:1|xx",
        "context|create|--docker|host=ssh://me@host:22|bb",
        "context|create|--docker|host=foo://bar|bc",
        "context|create|--docker|host=tcp://1.2.3.4:2376,ca=ca.pem,cert=cert.pem,key=key.pem|--description|with tls|aa",
        "context|create|aa",
        "context|create|--docker|host=tcp://1.2.3.4:2376,ca=ca.pem,skip-tls-verify=true|bd",
        "context|create|--docker|host=tcp://1.2.3.4:2376,cert=cert.pem|be",
        "context|create|--docker|from=bc|bf",
        "context|create|--docker|from=bc,host=x|bg",
        "context|create|--docker|from=default|bh",
        "context|create|--from|aa|bi",
        "context|create|--from|aa|--description|other|bj",
        "context|create|--from|default|bk",
        "context|create|--docker|host=tcp://a:1|--docker|skip-tls-verify=1|bl",
        "context|create|--docker|\"host=tcp://a:1\"|bm",
        "context|create|--docker|host=tcp://a:1,host=tcp://b:2|bn",
        "context|create|--docker|host=|bo",
        "context|create|--docker|skip-tls-verify=true|bp",
        "DOCKER_HOST=tcp://9.9.9.9:1|context|create|--docker|from=default|bq",
        "DOCKER_HOST=tcp://9.9.9.9:1|context|create|br",
        "context|create|a.b+c_d-e",
        "context|create|t2",
        "context|create|t11",
        "context|ls",
        "context|ls|-q",
        "context|ls|--format|json",
        "context|ls|--format|{{.Name}} {{.Current}} {{.Description}} {{.DockerEndpoint}}",
        "context|ls|--format|table {{.Name}}\\t{{.Description}}\\t{{.Error}}",
        "context|ls|--format|raw",
        "context|ls|--format|{{.Nosuch}}",
        "context|ls|--format|{{",
        "context|ls|-q|--format|json",
        "context|ls|x",
        "context|inspect|aa|nosuch|bd",
        "context|inspect|-f|json|aa|bd",
        "context|inspect|-f|{{.Name}} {{.Endpoints.docker.Host}}|aa|nosuch|bd",
        "context|inspect|-f|{{(index .Endpoints \"docker\").Host}}|aa",
        "context|inspect|-f|{{json .}}|aa|bd",
        "context|inspect|-f|{{json .TLSMaterial}}|aa",
        "context|inspect|-f|{{.Name}}|nosuch",
        "context|inspect|-f|{{|aa",
        "context|use|nosuch",
        "context|use|a",
        "context|use",
        "context|use|a|b",
        "context|use|aa",
        "context|show",
        "context|ls",
        "context|inspect",
        "DOCKER_HOST=unix:///nosuch|context|use|bc",
        "DOCKER_HOST=unix:///nosuch|context|use|default",
        "context|use|bc",
        "DOCKER_HOST=unix:///nosuch|context|ls|-q",
        "DOCKER_HOST=unix:///nosuch|context|show",
        "DOCKER_HOST=unix:///nosuch|context|inspect",
        "DOCKER_HOST=unix:///nosuch|context|inspect|aa",
        "DOCKER_HOST=unix:///nosuch|-c|aa|context|ls|-q",
        "DOCKER_HOST=unix:///nosuch|-c|default|ps",
        "DOCKER_CONTEXT=aa|context|show",
        "DOCKER_CONTEXT=default|context|show",
        "DOCKER_CONTEXT=|context|show",
        "DOCKER_CONTEXT=nosuch|context|show",
        "DOCKER_CONTEXT=nosuch|context|ls",
        "DOCKER_CONTEXT=nosuch|context|ls|-q",
        "DOCKER_CONTEXT=nosuch|context|inspect",
        "DOCKER_CONTEXT=nosuch|ps",
        "DOCKER_CONTEXT=nosuch|version",
        "DOCKER_CONTEXT=nosuch|info",
        "-c|nosuch|ps",
        "-c|nosuch|context|show",
        "-c|aa|context|show",
        "-c|aa|-H|unix:///x|context|show",
        "-c|aa|-H|unix:///x|ps",
        "-H|unix:///nosuch|context|show",
        "-H|unix:///nosuch|context|ls|-q",
        "-H|unix:///nosuch|ps",
        "context|update|nosuch|--description|x",
        "context|update|default|--description|x",
        "context|update",
        "context|update|aa|--description|new words",
        "context|update|aa|--description|",
        "context|update|aa|--docker|bad=1",
        "context|update|aa|--docker|host=foo",
        "context|inspect|aa",
        "context|update|aa|--docker|host=tcp://8.8.8.8:8",
        "context|inspect|aa",
        "context|update|aa|--docker|skip-tls-verify=true",
        "context|update|aa|--docker|ca=ca.pem,cert=cert.pem,key=key.pem,host=tcp://1.1.1.1:1",
        "context|inspect|aa",
        "context|export",
        "context|export|nosuch|-",
        "context|export|aa",
        "context|export|aa",
        "context|export|aa|/nosuch/d",
        "context|export|aa|x.tar",
        "context|import",
        "context|import|default|x.tar",
        "context|import|a/b|x.tar",
        "context|import|aa|x.tar",
        "context|import|yy|/nosuch",
        "context|import|yy|.",
        "context|import|yy|/dev/null",
        "context|import|yy|junk",
        "context|import|yy|-",
        "context|import|yy|x.tar",
        "context|inspect|yy",
        "context|rm",
        "context|rm|default",
        "context|rm|-f|default",
        "context|rm|bc",
        "context|rm|bb|nosuch|bc|bd",
        "context|rm|-f|bc|nosuch",
        "context|show",
        "DOCKER_CONTEXT=aa|context|rm|aa",
        "-c|aa|context|rm|aa",
        "context|rm|",
        "context|show|x",
    ];

    [SkippableFact]
    public async Task Output_exit_codes_and_files_are_dockers()
    {
        using var docker = new ContextDirectory("docker");
        using var pier = new ContextDirectory("pier");
        await SkipUnless28Async(docker);
        Certificates.Write(docker.Work);
        foreach (var file in Directory.GetFiles(docker.Work))
            File.Copy(file, Path.Combine(pier.Work, Path.GetFileName(file)));
        var problems = new List<string>();
        foreach (var line in Script)
        {
            var runs = await Task.WhenAll(docker.RunAsync(line.Split('|')), pier.RunAsync(line.Split('|')));
            var (theirs, ours) = (docker.Describe(runs[0]), pier.Describe(runs[1]));
            if (theirs != ours)
                problems.Add($"{line.Replace('|', ' ')}\n  docker: {theirs}\n  pier:   {ours}");
        }
        Assert.True(problems.Count == 0, $"{problems.Count} outputs differ:\n{string.Join('\n', problems)}");
        Assert.Equal(docker.Tree(), pier.Tree());
    }

    /// <summary>Where Pier does otherwise, on purpose.</summary>
    [SkippableFact]
    public async Task What_differs_differs_for_a_reason()
    {
        using var docker = new ContextDirectory("docker");
        using var pier = new ContextDirectory("pier");
        await SkipUnless28Async(docker);
        foreach (var client in (ContextDirectory[])[docker, pier])
        {
            Certificates.Write(client.Work);
            await client.OkAsync("context", "create", "aa", "--docker", "host=tcp://h:1,ca=ca.pem");
            await client.OkAsync("context", "create", "bb", "--docker", "from=aa");
            Assert.Equal(1, (await client.RunAsync(["context", "export", "nosuch", "file"])).Code);
        }
        // The certificates of a copied endpoint come with it.
        Assert.Equal("{}\n", await docker.OkAsync("context", "inspect", "-f", "{{json .TLSMaterial}}", "bb"));
        Assert.Equal("{\"docker\":[\"ca.pem\"]}\n", await pier.OkAsync("context", "inspect", "-f", "{{json .TLSMaterial}}", "bb"));
        // An export that fails leaves no file.
        Assert.True(File.Exists(Path.Combine(docker.Work, "file")));
        Assert.False(File.Exists(Path.Combine(pier.Work, "file")));
        // An archive is taken whole or not at all.
        var archive = ContextArchives.Tar(("meta.json", ContextArchives.Meta), ("tls/../../evil", "x"));
        foreach (var client in (ContextDirectory[])[docker, pier])
        {
            var run = await client.RunAsync(["context", "import", "cc", "-"], archive);
            Assert.Equal((1, "tls/../../evil: unexpected path format\n"), (run.Code, run.Error));
        }
        Assert.Equal("aa\nbb\ncc\ndefault\n", await docker.OkAsync("context", "ls", "-q"));
        Assert.Equal("aa\nbb\ndefault\n", await pier.OkAsync("context", "ls", "-q"));
        // A removed context is not the current one any more, whatever overrode it meanwhile.
        foreach (var client in (ContextDirectory[])[docker, pier])
        {
            await client.OkAsync("context", "use", "aa");
            await client.OkAsync("DOCKER_HOST=unix:///y", "context", "rm", "aa");
        }
        Assert.Equal("aa\n", await docker.OkAsync("context", "show"));
        Assert.Equal("default\n", await pier.OkAsync("context", "show"));
    }

    static async Task SkipUnless28Async(ContextDirectory docker)
    {
        try
        {
            var version = (await docker.RunAsync(["--version"])).Out;
            Skip.If(!version.Contains(" 28.", StringComparison.Ordinal), $"the docker client in PATH is not 28.x: {version.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.If(true, "no docker client in PATH");
        }
    }
}
