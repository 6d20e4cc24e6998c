namespace Pier.CompatTests;

/// <summary>Volumes that another program keeps.</summary>
public sealed class VolumePluginTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _name = "p" + Guid.NewGuid().ToString("N")[..8];

    VolumePlugin Start() => new(Path.Combine(daemon.Directory, "exec", "plugins", _name + ".sock"), Path.Combine(daemon.Directory, _name));

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_plugin_keeps_a_volume(string name)
    {
        var client = new Client(name, daemon);
        Skip.If(client.Missing is not null, client.Missing);
        using var plugin = Start();
        await client.OkAsync("volume", "create", "-d", _name, "-o", "shelf=7", _name);
        Assert.Equal(
            $"{_name} global 7",
            await client.OkAsync("volume", "inspect", "-f", "{{.Driver}} {{.Scope}} {{.Status.shelf}}", _name)
        );
        Assert.Contains($"{_name} {_name}", await client.OkAsync("volume", "ls", "--format", "{{.Driver}} {{.Name}}"));
        var id = await client.OkAsync(
            "run",
            "-d",
            "--network",
            "none",
            "-v",
            $"{_name}:/data",
            "busybox",
            "sh",
            "-c",
            "echo kept > /data/f; exec sleep 300"
        );
        Assert.Contains(id, plugin.Volumes[_name]);
        Assert.Contains("volume is in use", (await client.RunAsync("volume", "rm", _name)).Error);
        Assert.Equal(
            "kept",
            await client.OkAsync(
                "run",
                "--rm",
                "--network",
                "none",
                "--volume-driver",
                _name,
                "-v",
                $"{_name}:/data",
                "busybox",
                "cat",
                "/data/f"
            )
        );
        Assert.Equal([id], plugin.Volumes[_name]);
        await client.OkAsync("rm", "-f", id);
        Assert.Empty(plugin.Volumes[_name]);
        Assert.Contains("volume name must be unique", (await client.RunAsync("volume", "create", "-d", "local", _name)).Error);
        await client.OkAsync("volume", "rm", _name);
        Assert.Empty(plugin.Volumes);
        Assert.Equal("Create", plugin.Calls.First().Split(' ')[0]);
        Assert.Equal("Remove", plugin.Calls.Last().Split(' ')[0]);
    }

    [SkippableFact]
    public async Task What_a_plugin_complains_about_is_told_and_nothing_is_half_made()
    {
        var client = new Client("docker", daemon);
        Skip.If(client.Missing is not null, client.Missing);
        Assert.Contains(
            $"create {_name}: error looking up volume plugin {_name}: plugin \"{_name}\" not found",
            (await client.RunAsync("volume", "create", "-d", _name, _name)).Error
        );
        using var plugin = Start();
        plugin.Failing = "Create";
        Assert.Contains("VolumeDriver.Create: the disk is on fire", (await client.RunAsync("volume", "create", "-d", _name, _name)).Error);
        Assert.DoesNotContain(_name, await client.OkAsync("volume", "ls", "-q"));
        plugin.Failing = "Mount";
        var run = await client.RunAsync(
            "run",
            "--network",
            "none",
            "--name",
            _name,
            "--mount",
            $"type=volume,src={_name},dst=/data,volume-driver={_name}",
            "busybox",
            "true"
        );
        Assert.NotEqual(0, run.Code);
        Assert.Contains("VolumeDriver.Mount: the disk is on fire", run.Error);
        plugin.Failing = null;
        await client.RunAsync("rm", "-f", _name);
        await client.OkAsync("volume", "rm", _name);
    }

    [SkippableFact]
    public async Task A_volume_that_the_plugin_has_already_is_found_and_a_plugin_that_is_gone_hides_nothing()
    {
        var client = new Client("docker", daemon);
        Skip.If(client.Missing is not null, client.Missing);
        using (var plugin = Start())
        {
            plugin.Volumes.TryAdd(_name, []);
            Directory.CreateDirectory(Path.Combine(daemon.Directory, _name, _name));
            Assert.Equal(_name, await client.OkAsync("volume", "inspect", "-f", "{{.Driver}}", _name));
            await client.OkAsync("run", "--rm", "--network", "none", "-v", $"{_name}:/data", "busybox", "touch", "/data/found");
            Assert.True(File.Exists(Path.Combine(daemon.Directory, _name, _name, "found")));
        }
        await client.OkAsync("volume", "create", _name + "local");
        Assert.Contains(_name + "local", await client.OkAsync("volume", "ls", "-q"));
        await client.OkAsync("volume", "rm", _name + "local");
    }
}
