using System.Text.Json;

namespace Pier.CompatTests;

/// <summary>Clients, the daemon and the registry server together.</summary>
public sealed class RegistryTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IAsyncLifetime
{
    RegistryProcess? _registry;

    public async Task InitializeAsync() => _registry = await RegistryProcess.StartAsync();

    public async Task DisposeAsync() => await _registry!.DisposeAsync();

    Client With(string name) => Client.OrSkip(name, daemon);

    string Name(string rest) => $"{_registry!.Address}/{rest}";

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task All_tags_are_pushed_pulled_and_found(string name)
    {
        var client = With(name);
        foreach (var tag in new[] { "1", "2" })
            await client.OkAsync("tag", "busybox", Name($"team/{name}:{tag}"));
        await client.OkAsync("push", "-a", Name($"team/{name}"));
        await client.OkAsync("rmi", Name($"team/{name}:1"), Name($"team/{name}:2"));
        await client.OkAsync("pull", "-a", Name($"team/{name}"));
        Assert.Equal(["1", "2"], (await client.OkAsync("images", Name($"team/{name}"), "--format", "{{.Tag}}")).Split('\n').Order());
        Assert.Contains("up to date", await client.OkAsync("pull", Name($"team/{name}:1")));

        Assert.Equal($"team/{name}", await client.OkAsync("search", Name(name), "--format", "{{.Name}}"));
        Assert.Equal("", await client.OkAsync("search", "--filter", "is-official=true", Name(name), "--format", "{{.Name}}"));
        var wrong = await client.RunAsync("search", "--limit", "101", Name(name));
        Assert.Equal(1, wrong.Code);
        Assert.Contains("[1, 100]", wrong.Error);
    }

    [Fact]
    public async Task What_a_registry_has_is_told_without_a_pull()
    {
        var client = With("pier");
        await client.OkAsync("tag", "busybox", Name("told:1"));
        var pushed = (await client.OkAsync("push", Name("told:1"))).Split('\n')[^1];
        using var wire = new Wire(daemon.Socket);
        var told = await wire.GetAsync($"/v1.51/distribution/{Name("told:1")}/json");
        Assert.Equal(200, told.Status);
        var digest = told.Json!["Descriptor"]!["digest"]!.GetValue<string>();
        Assert.Contains(digest, pushed);
        Assert.Equal("linux", Assert.Single(told.Json["Platforms"]!.AsArray())!["os"]!.GetValue<string>());
        var missing = await wire.GetAsync($"/v1.51/distribution/{Name("told:2")}/json");
        Assert.Equal(404, missing.Status);
        Assert.StartsWith("manifest unknown", missing.Message);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_manifest_list_is_made_annotated_and_pushed(string name)
    {
        var client = With(name);
        var (list, member) = (Name($"list/{name}:all"), Name($"list/{name}-amd64:1"));
        await client.OkAsync("tag", "busybox", member);
        await client.OkAsync("push", member);
        Assert.Equal($"Created manifest list {list}", await client.OkAsync("manifest", "create", "--insecure", list, member));
        Assert.Contains("--amend", (await client.RunAsync("manifest", "create", "--insecure", list, member)).Error);
        await client.OkAsync("manifest", "annotate", "--variant", "v3", list, member);
        var output = (await client.OkAsync("manifest", "push", "--insecure", "--purge", list)).Split('\n');
        Assert.StartsWith($"Pushed ref {Name($"list/{name}")}@sha256:", output[0]);
        Assert.StartsWith("sha256:", output[^1]);
        using var pushed = JsonDocument.Parse(await client.OkAsync("manifest", "inspect", "--insecure", list));
        Assert.Equal(
            "v3",
            Assert
                .Single(pushed.RootElement.GetProperty("manifests").EnumerateArray())
                .GetProperty("platform")
                .GetProperty("variant")
                .GetString()
        );
        using var verbose = JsonDocument.Parse(await client.OkAsync("manifest", "inspect", "--insecure", "-v", member));
        Assert.Equal(
            "amd64",
            verbose.RootElement.GetProperty("Descriptor").GetProperty("platform").GetProperty("architecture").GetString()
        );
        Assert.Equal(1, (await client.RunAsync("manifest", "rm", list)).Code);
        await client.OkAsync("pull", list);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_platform_of_an_image_is_asked_for_by_name(string name)
    {
        var client = With(name);
        var image = Name($"one/{name}:1");
        await client.OkAsync("tag", "busybox", image);
        await client.OkAsync("push", "--platform", "linux/amd64", image);
        Assert.Contains("linux/s390x", (await client.RunAsync("push", "--platform", "linux/s390x", image)).Error);
        Assert.Contains("linux/s390x", (await client.RunAsync("pull", "--platform", "linux/s390x", image)).Error);
        Assert.Contains(
            "linux/s390x",
            (await client.RunAsync("save", "--platform", "linux/s390x", "-o", Path.Combine(daemon.Directory, "s.tar"), image)).Error
        );
        Assert.Contains("linux/s390x", (await client.RunAsync("history", "--platform", "linux/s390x", image)).Error);
        Assert.Equal("amd64", await client.OkAsync("image", "inspect", "--platform", "linux/amd64", "-f", "{{.Architecture}}", image));
        var archive = Path.Combine(daemon.Directory, name + ".tar");
        await client.OkAsync("save", "--platform", "linux/amd64", "-o", archive, image);
        Assert.Contains("linux/s390x", (await client.RunAsync("load", "--platform", "linux/s390x", "-i", archive)).Error);
        Assert.Contains(image, await client.OkAsync("load", "--platform", "linux/amd64", "-i", archive));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Layers_that_were_made_here_travel_compressed_and_the_image_is_the_registrys(string name)
    {
        var client = With(name);
        var (image, other) = (Name($"packed/{name}:1"), Name($"packed/{name}:2"));
        var file = Path.Combine(daemon.Directory, $"packed-{name}");
        Directory.CreateDirectory(file);
        // Ten million bytes that compress to next to nothing.
        File.WriteAllText(Path.Combine(file, "Dockerfile"), $"FROM busybox\nRUN yes {name} | head -c 10000000 > /big\n");
        await client.OkAsync("build", "-q", "-t", image, "-t", "packed-" + name, file);
        var id = await client.OkAsync("inspect", "-f", "{{.Id}}", image);
        var pushed = await client.OkAsync("push", image);

        using var manifest = JsonDocument.Parse(await client.OkAsync("manifest", "inspect", "--insecure", image));
        var layers = manifest.RootElement.GetProperty("layers").EnumerateArray().ToArray();
        Assert.Equal(2, layers.Length);
        Assert.All(layers, l => Assert.Equal("application/vnd.oci.image.layer.v1.tar+gzip", l.GetProperty("mediaType").GetString()));
        Assert.True(layers[1].GetProperty("size").GetInt64() < 1_000_000);
        // The same id, under every name, and the digest that the registry told.
        var digests = await client.OkAsync("inspect", "-f", "{{.Id}} {{json .RepoDigests}}", "packed-" + name);
        Assert.StartsWith(id, digests);
        Assert.Contains(
            Name($"packed/{name}@") + pushed[(pushed.IndexOf("digest: ", StringComparison.Ordinal) + 8)..].Split(' ')[0],
            digests
        );

        // Nothing is left to do for another name, and what was pushed is what was built.
        await client.OkAsync("tag", image, other);
        Assert.Contains("Layer already exists", await client.OkAsync("push", other));
        await client.OkAsync("rmi", image, other, "packed-" + name);
        await new Client("pier", daemon).OkAsync("builder", "prune", "-af");
        await client.OkAsync("pull", "-q", image);
        Assert.Equal(id, await client.OkAsync("inspect", "-f", "{{.Id}}", image));
        Assert.Equal("10000000", await client.OkAsync("run", "--rm", image, "wc", "-c", "/big").ContinueWith(t => t.Result.Split(' ')[0]));
    }
}
