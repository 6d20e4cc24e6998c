using System.Text.Json;

namespace Pier.CompatTests;

/// <summary>`system df`, and what garbage collection may not touch.</summary>
public sealed class DiskUsageTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    Client With(string name) => Client.OrSkip(name, daemon);

    [SkippableFact]
    public async Task What_df_says_is_what_du_says()
    {
        var client = With("pier");
        await client.OkAsync(
            "run",
            "--name",
            _name,
            "--network",
            "none",
            "-v",
            $"{_name}:/data",
            "busybox",
            "sh",
            "-c",
            "head -c 3000000 /dev/urandom > /data/v; head -c 2000000 /dev/urandom > /own; head -c 500000 /dev/zero | base64"
        );
        await client.OkAsync("commit", _name, $"{_name}:image");
        var (said, counted) = (0L, 1L);
        // The background deletion and the syncing of layers may be at work still.
        for (var tries = 0; tries < 20 && said != counted; tries++)
        {
            if (tries > 0)
                await Task.Delay(200);
            said = await TotalAsync();
            counted = long.Parse(
                (await Commands.RunAsync("du", "-xs", "--block-size=1", Path.Combine(daemon.Directory, "data"))).Out.Split('\t')[0]
            );
        }
        Assert.Equal(counted, said);
        Assert.InRange(said, 7_000_000, 1_000_000_000);

        var table = await With("docker").OkAsync("system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Active}}");
        Assert.Equal(table, await client.OkAsync("system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Active}}"));
        Assert.Contains("SHARED SIZE", await client.OkAsync("system", "df", "-v"));
        Assert.Contains(_name, await With("docker").OkAsync("system", "df", "-v"));
    }

    async Task<long> TotalAsync()
    {
        using var document = JsonDocument.Parse(await Get("/system/df"));
        var root = document.RootElement;
        return root.GetProperty("LayersSize").GetInt64()
            + root.GetProperty("Containers").EnumerateArray().Sum(c => c.GetProperty("SizeRw").GetInt64())
            + root.GetProperty("Volumes").EnumerateArray().Sum(v => v.GetProperty("UsageData").GetProperty("Size").GetInt64());
    }

    async Task<string> Get(string path) => (await Commands.RunAsync("curl", "-s", "--unix-socket", daemon.Socket, "http://d" + path)).Out;

    [SkippableFact]
    public async Task One_type_can_be_asked_for()
    {
        using var volumes = JsonDocument.Parse(await Get("/system/df?type=volume"));
        Assert.Equal(JsonValueKind.Null, volumes.RootElement.GetProperty("Images").ValueKind);
        Assert.Equal(JsonValueKind.Array, volumes.RootElement.GetProperty("Volumes").ValueKind);
        Assert.Contains("unknown object type: x", await Get("/system/df?type=x"));
    }

    [SkippableFact]
    public async Task An_image_that_is_only_mounted_is_in_use()
    {
        var client = With("docker");
        await client.OkAsync("create", "--name", _name + "s", "busybox", "touch", "/mark");
        await client.OkAsync("commit", _name + "s", $"{_name}:mounted");
        await client.OkAsync("create", "--name", _name, "--mount", $"type=image,source={_name}:mounted,target=/m", "busybox", "true");
        var refused = await client.RunAsync("rmi", $"{_name}:mounted");
        Assert.Equal(1, refused.Code);
        Assert.Contains("is using its referenced image", refused.Error);
        Assert.DoesNotContain(_name, await client.OkAsync("image", "prune", "-a", "-f"));
        await client.OkAsync("rm", _name, _name + "s");
        Assert.Contains("Deleted", await client.OkAsync("rmi", $"{_name}:mounted"));
    }

    [SkippableFact]
    public async Task Pruning_keeps_to_its_filters()
    {
        var client = With("pier");
        await client.OkAsync("create", "--name", _name, "busybox", "true");
        foreach (var (tag, label) in new[] { ("keep", "keep=yes"), ("go", "keep=no") })
            await client.OkAsync("commit", "-c", "LABEL " + label, _name, $"{_name}:{tag}");
        await client.OkAsync("rm", _name);
        Assert.Contains("0B", await client.OkAsync("image", "prune", "-a", "-f", "--filter", "until=24h"));
        await client.OkAsync("image", "prune", "-a", "-f", "--filter", "label=keep=no");
        Assert.Equal("keep", await client.OkAsync("images", _name, "--format", "{{.Tag}}"));
        await client.OkAsync("rmi", $"{_name}:keep");
    }
}
