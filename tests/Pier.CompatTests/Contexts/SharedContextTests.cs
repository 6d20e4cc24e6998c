namespace Pier.CompatTests.Contexts;

/// <summary>Contexts that one client makes and the other works with, against real daemons.</summary>
public sealed class SharedContextTests(Doors doors) : IClassFixture<Doors>
{
    [SkippableTheory]
    [InlineData("docker", "pier")]
    [InlineData("pier", "docker")]
    public async Task One_client_uses_what_the_other_has_made(string maker, string user)
    {
        SkipWithoutDocker();
        using var one = new ContextDirectory(maker);
        using var other = new ContextDirectory(user) { Config = one.Config };
        await one.OkAsync("context", "create", "here", "--docker", $"host={doors.Plain.Host}", "--description", "ours & <theirs>");
        Assert.Equal("busybox\n", await other.OkAsync("-c", "here", "images", "--format", "{{.Repository}}"));
        Assert.Equal("busybox\n", await other.OkAsync("DOCKER_CONTEXT=here", "images", "--format", "{{.Repository}}"));
        await one.OkAsync("context", "use", "here");
        Assert.Equal("here\n", await other.OkAsync("context", "show"));
        Assert.Contains(
            "here true ours & <theirs>\n",
            await other.OkAsync("context", "ls", "--format", "{{.Name}} {{.Current}} {{.Description}}")
        );
        Assert.Equal("busybox\n", await other.OkAsync("images", "--format", "{{.Repository}}"));
        Assert.Equal("here\n", await other.OkAsync("version", "--format", "{{.Client.Context}}"));
        Assert.Contains("Context:           here\n", await other.OkAsync("version"));
        Assert.Contains("Context:    here\n", await other.OkAsync("info"));
        await other.OkAsync("context", "rm", "-f", "here");
        Assert.Equal("default\n", await one.OkAsync("context", "show"));
        Assert.Equal("default\n", await one.OkAsync("context", "ls", "-q"));
    }

    [SkippableTheory]
    [InlineData("docker", "pier")]
    [InlineData("pier", "docker")]
    public async Task Certificates_go_along(string maker, string user)
    {
        SkipWithoutDocker();
        using var one = new ContextDirectory(maker);
        using var other = new ContextDirectory(user);
        var host = $"host=tcp://127.0.0.1:{doors.SecurePort}";
        var pair = $"cert={doors.In("client.pem")},key={doors.In("client-key.pem")}";
        await one.OkAsync("context", "create", "tls", "--docker", $"{host},ca={doors.In("ca.pem")},{pair}");
        await one.OkAsync("context", "create", "trusting", "--docker", $"{host},{pair},skip-tls-verify=true");
        await one.OkAsync("context", "create", "stranger", "--docker", $"{host},ca={doors.In("unknown.pem")},{pair}");
        foreach (var name in (string[])["tls", "trusting", "stranger"])
        {
            var file = Path.Combine(one.Work, name + ".tar");
            await one.OkAsync("context", "export", name, file);
            await other.OkAsync("context", "import", name, file);
        }
        foreach (var client in (ContextDirectory[])[one, other])
        {
            foreach (var name in (string[])["tls", "trusting"])
                Assert.Equal("busybox\n", await client.OkAsync("-c", name, "images", "--format", "{{.Repository}}"));
            var refused = await client.RunAsync(["-c", "stranger", "images"]);
            Assert.Equal((1, ""), (refused.Code, refused.Out));
        }
    }

    [SkippableTheory]
    [InlineData("docker")]
    [InlineData("pier")]
    public async Task A_zip_is_read_from_a_file(string name)
    {
        SkipWithoutDocker();
        using var client = new ContextDirectory(name);
        var path = Path.Combine(client.Work, "context.zip");
        using (var zip = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Create))
        {
            await using (var meta = zip.CreateEntry("meta.json").Open())
                await meta.WriteAsync(System.Text.Encoding.UTF8.GetBytes(ContextArchives.Meta));
            await using (var file = zip.CreateEntry("tls/docker/ca.pem").Open())
                await file.WriteAsync("pem"u8.ToArray());
        }
        await client.OkAsync("context", "import", "zipped", path);
        Assert.Equal(
            "tcp://h:1 {\"docker\":[\"ca.pem\"]}\n",
            await client.OkAsync("context", "inspect", "-f", "{{.Endpoints.docker.Host}} {{json .TLSMaterial}}", "zipped")
        );
    }

    static void SkipWithoutDocker() =>
        Skip.If(
            !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, "docker"))),
            "no docker client in PATH"
        );
}
