using System.Text.Json;

namespace Pier.CompatTests;

/// <summary>Clients, the daemon and the registry server together.</summary>
public sealed class RegistryTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IAsyncLifetime
{
    RegistryProcess? _registry;

    public async Task InitializeAsync() => _registry = await RegistryProcess.StartAsync();

    public async Task DisposeAsync() => await _registry!.DisposeAsync();

    Client With(string name)
    {
        var client = new Client(name, daemon);
        Skip.If(client.Missing is not null, client.Missing);
        return client;
    }

    static async Task<string> Ok(Client client, params string[] arguments)
    {
        var result = await client.RunAsync(arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return result.Out.Trim();
    }

    string Name(string rest) => $"{_registry!.Address}/{rest}";

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task All_tags_are_pushed_pulled_and_found(string name)
    {
        var client = With(name);
        foreach (var tag in new[] { "1", "2" })
            await Ok(client, "tag", "busybox", Name($"team/{name}:{tag}"));
        await Ok(client, "push", "-a", Name($"team/{name}"));
        await Ok(client, "rmi", Name($"team/{name}:1"), Name($"team/{name}:2"));
        await Ok(client, "pull", "-a", Name($"team/{name}"));
        Assert.Equal(["1", "2"], (await Ok(client, "images", Name($"team/{name}"), "--format", "{{.Tag}}")).Split('\n').Order());
        Assert.Contains("up to date", await Ok(client, "pull", Name($"team/{name}:1")));

        Assert.Equal($"team/{name}", await Ok(client, "search", Name(name), "--format", "{{.Name}}"));
        Assert.Equal("", await Ok(client, "search", "--filter", "is-official=true", Name(name), "--format", "{{.Name}}"));
        var wrong = await client.RunAsync("search", "--limit", "101", Name(name));
        Assert.Equal(1, wrong.Code);
        Assert.Contains("[1, 100]", wrong.Error);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_manifest_list_is_made_annotated_and_pushed(string name)
    {
        var client = With(name);
        var (list, member) = (Name($"list/{name}:all"), Name($"list/{name}-amd64:1"));
        await Ok(client, "tag", "busybox", member);
        await Ok(client, "push", member);
        Assert.Equal($"Created manifest list {list}", await Ok(client, "manifest", "create", "--insecure", list, member));
        Assert.Contains("--amend", (await client.RunAsync("manifest", "create", "--insecure", list, member)).Error);
        await Ok(client, "manifest", "annotate", "--variant", "v3", list, member);
        var output = (await Ok(client, "manifest", "push", "--insecure", "--purge", list)).Split('\n');
        Assert.StartsWith($"Pushed ref {Name($"list/{name}")}@sha256:", output[0]);
        Assert.StartsWith("sha256:", output[^1]);
        using var pushed = JsonDocument.Parse(await Ok(client, "manifest", "inspect", "--insecure", list));
        Assert.Equal(
            "v3",
            Assert
                .Single(pushed.RootElement.GetProperty("manifests").EnumerateArray())
                .GetProperty("platform")
                .GetProperty("variant")
                .GetString()
        );
        using var verbose = JsonDocument.Parse(await Ok(client, "manifest", "inspect", "--insecure", "-v", member));
        Assert.Equal(
            "amd64",
            verbose.RootElement.GetProperty("Descriptor").GetProperty("platform").GetProperty("architecture").GetString()
        );
        Assert.Equal(1, (await client.RunAsync("manifest", "rm", list)).Code);
        await Ok(client, "pull", list);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_platform_of_an_image_is_asked_for_by_name(string name)
    {
        var client = With(name);
        var image = Name($"one/{name}:1");
        await Ok(client, "tag", "busybox", image);
        await Ok(client, "push", "--platform", "linux/amd64", image);
        Assert.Contains("linux/s390x", (await client.RunAsync("push", "--platform", "linux/s390x", image)).Error);
        Assert.Contains("linux/s390x", (await client.RunAsync("pull", "--platform", "linux/s390x", image)).Error);
        Assert.Contains(
            "linux/s390x",
            (await client.RunAsync("save", "--platform", "linux/s390x", "-o", Path.Combine(daemon.Directory, "s.tar"), image)).Error
        );
        Assert.Contains("linux/s390x", (await client.RunAsync("history", "--platform", "linux/s390x", image)).Error);
        Assert.Equal("amd64", await Ok(client, "image", "inspect", "--platform", "linux/amd64", "-f", "{{.Architecture}}", image));
        var archive = Path.Combine(daemon.Directory, name + ".tar");
        await Ok(client, "save", "--platform", "linux/amd64", "-o", archive, image);
        Assert.Contains("linux/s390x", (await client.RunAsync("load", "--platform", "linux/s390x", "-i", archive)).Error);
        Assert.Contains(image, await Ok(client, "load", "--platform", "linux/amd64", "-i", archive));
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
        await Ok(client, "build", "-q", "-t", image, "-t", "packed-" + name, file);
        var id = await Ok(client, "inspect", "-f", "{{.Id}}", image);
        var pushed = await Ok(client, "push", image);

        using var manifest = JsonDocument.Parse(await Ok(client, "manifest", "inspect", "--insecure", image));
        var layers = manifest.RootElement.GetProperty("layers").EnumerateArray().ToArray();
        Assert.Equal(2, layers.Length);
        Assert.All(layers, l => Assert.Equal("application/vnd.oci.image.layer.v1.tar+gzip", l.GetProperty("mediaType").GetString()));
        Assert.True(layers[1].GetProperty("size").GetInt64() < 1_000_000);
        // The same id, under every name, and the digest that the registry told.
        var digests = await Ok(client, "inspect", "-f", "{{.Id}} {{json .RepoDigests}}", "packed-" + name);
        Assert.StartsWith(id, digests);
        Assert.Contains(
            Name($"packed/{name}@") + pushed[(pushed.IndexOf("digest: ", StringComparison.Ordinal) + 8)..].Split(' ')[0],
            digests
        );

        // Nothing is left to do for another name, and what was pushed is what was built.
        await Ok(client, "tag", image, other);
        Assert.Contains("Layer already exists", await Ok(client, "push", other));
        await Ok(client, "rmi", image, other, "packed-" + name);
        await Ok(new Client("pier", daemon), "builder", "prune", "-af");
        await Ok(client, "pull", "-q", image);
        Assert.Equal(id, await Ok(client, "inspect", "-f", "{{.Id}}", image));
        Assert.Equal("10000000", await Ok(client, "run", "--rm", image, "wc", "-c", "/big").ContinueWith(t => t.Result.Split(' ')[0]));
    }
}
