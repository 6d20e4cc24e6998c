using System.Text;

namespace Pier.CompatTests;

/// <summary>Volumes through docker's client, and through pier's where it says so.</summary>
public sealed class VolumeTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _name = "v" + Guid.NewGuid().ToString("N")[..8];

    Client With(string name) => Client.OrSkip(name, daemon);

    Task<string> Run(Client client, params string[] arguments) => client.OkAsync(["run", "--rm", "--network", "none", .. arguments]);

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_named_volume_outlives_its_containers(string name)
    {
        var client = With(name);
        await Run(client, "-v", $"{_name}:/data", "busybox", "sh", "-c", "echo kept > /data/f");
        Assert.Equal("kept", await Run(client, "--mount", $"type=volume,src={_name},dst=/data,readonly", "busybox", "cat", "/data/f"));
        Assert.Contains(_name, await client.OkAsync("volume", "ls", "-q"));
        Assert.EndsWith($"/volumes/{_name}/_data", await client.OkAsync("volume", "inspect", "-f", "{{.Mountpoint}}", _name));
        Assert.Equal(_name, await client.OkAsync("volume", "rm", _name));
        Assert.Equal(1, (await client.RunAsync("volume", "inspect", _name)).Code);
    }

    // The data-only container of 2014's introductions.
    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_data_only_container_lends_its_volumes(string name)
    {
        var client = With(name);
        await client.OkAsync("create", "--name", _name, "-v", "/data", "busybox", "true");
        await Run(client, "--volumes-from", _name, "busybox", "sh", "-c", "echo shared > /data/f");
        Assert.Equal("shared", await Run(client, "--volumes-from", _name + ":ro", "busybox", "cat", "/data/f"));
        Assert.Contains(
            "Read-only file system",
            (
                await client.RunAsync("run", "--rm", "--network", "none", "--volumes-from", _name + ":ro", "busybox", "touch", "/data/g")
            ).Error
        );
        var volume = await client.OkAsync("inspect", "-f", "{{(index .Mounts 0).Name}}", _name);
        await client.OkAsync("rm", "-v", _name);
        Assert.DoesNotContain(volume, await client.OkAsync("volume", "ls", "-q"));
    }

    [SkippableFact]
    public async Task A_volume_in_use_is_not_removed_and_survives_a_restart_of_the_daemon()
    {
        var client = With("docker");
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
            "echo before > /data/f; sleep 300"
        );
        var inUse = await client.RunAsync("volume", "rm", _name);
        Assert.Equal(1, inUse.Code);
        Assert.Contains($"remove {_name}: volume is in use - [{id}]", inUse.Error);
        await daemon.RestartAsync();
        Assert.Equal("before", await client.OkAsync("exec", id, "cat", "/data/f"));
        Assert.Equal(1, (await client.RunAsync("volume", "rm", _name)).Code);
        await client.OkAsync("rm", "-f", id);
        Assert.Contains(_name, await client.OkAsync("volume", "ls", "-q", "--filter", "dangling=true"));
        await client.OkAsync("volume", "rm", _name);
    }

    [SkippableFact]
    public async Task An_empty_volume_is_filled_from_the_image_once()
    {
        var client = With("docker");
        Assert.Equal("busybox", await Run(client, "-v", $"{_name}:/bin", "busybox", "readlink", "/bin/sh"));
        Assert.Equal("755", await Run(client, "-v", $"{_name}:/copy", "busybox", "stat", "-c", "%a", "/copy/busybox"));
        Assert.Equal(127, (await client.RunAsync("run", "--rm", "--network", "none", "-v", $"{_name}n:/bin:nocopy", "busybox", "sh")).Code);
        await client.OkAsync("volume", "rm", _name);
    }

    [SkippableFact]
    public async Task VOLUME_of_an_image_makes_an_anonymous_volume_that_goes_with_rm()
    {
        var client = With("docker");
        await client.OkAsync("import", "-c", "VOLUME /bin", Path.Combine(daemon.Directory, "busybox.tar"), _name + ":latest");
        var id = await client.OkAsync("create", _name, "true");
        var volume = await client.OkAsync("inspect", "-f", "{{range .Mounts}}{{.Type}} {{.Destination}} {{.Name}}{{end}}", id);
        Assert.StartsWith("volume /bin ", volume);
        await client.OkAsync("start", "-a", id);
        await client.OkAsync("rm", "-v", id);
        Assert.DoesNotContain(volume.Split(' ')[2], await client.OkAsync("volume", "ls", "-q"));
    }

    [SkippableTheory]
    [InlineData("f:/data", "volume name is too short, names should be at least two alphanumeric characters")]
    [InlineData(
        "fo@o:/data",
        "includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
    )]
    [InlineData("fine:/data:odd", "invalid mode: odd")]
    public async Task What_cannot_be_is_refused_in_Dockers_words(string bind, string message)
    {
        var client = With("pier");
        var run = await client.RunAsync("create", "-v", bind, "busybox", "true");
        Assert.NotEqual(0, run.Code);
        Assert.Contains(message, run.Error);
    }

    [SkippableFact]
    public async Task A_driver_with_options_is_mounted_while_it_is_used()
    {
        var client = With("docker");
        await client.OkAsync("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m,mode=1777", _name);
        var id = await client.OkAsync("run", "-d", "--network", "none", "-v", $"{_name}:/data", "busybox", "sleep", "300");
        Assert.Contains($"tmpfs /data tmpfs rw", await client.OkAsync("exec", id, "cat", "/proc/mounts"));
        await client.OkAsync("exec", id, "touch", "/data/here");
        Assert.Equal("here", await Run(client, "-v", $"{_name}:/data", "busybox", "ls", "/data"));
        var data = await client.OkAsync("volume", "inspect", "-f", "{{.Mountpoint}}", _name);
        Assert.Contains(data, await File.ReadAllTextAsync("/proc/self/mountinfo"));
        await client.OkAsync("rm", "-f", id);
        Assert.DoesNotContain(data, await File.ReadAllTextAsync("/proc/self/mountinfo"));
        await client.OkAsync("volume", "rm", _name);
    }

    [SkippableFact]
    public async Task A_subpath_cannot_lead_out_of_its_volume()
    {
        var client = With("docker");
        await Run(
            client,
            "-v",
            $"{_name}:/data",
            "busybox",
            "sh",
            "-c",
            "mkdir /data/sub; echo in > /data/sub/f; ln -s /etc /data/out; ln -s ../../../../../etc /data/up"
        );
        Assert.Equal("in", await Run(client, "--mount", $"type=volume,src={_name},dst=/x,volume-subpath=sub", "busybox", "cat", "/x/f"));
        foreach (var way in (string[])["out", "up", "missing"])
        {
            var run = await client.RunAsync(
                "run",
                "--rm",
                "--network",
                "none",
                "--mount",
                $"type=volume,src={_name},dst=/x,volume-subpath={way}",
                "busybox",
                "ls",
                "/x"
            );
            Assert.NotEqual(0, run.Code);
            Assert.Contains("no such file or directory", run.Error);
        }
        await client.OkAsync("volume", "rm", _name);
    }

    [SkippableFact]
    public async Task An_image_is_mounted_read_only()
    {
        var client = With("pier");
        Assert.Equal("busybox", await Run(client, "--mount", "type=image,src=busybox,dst=/image", "busybox", "readlink", "/image/bin/sh"));
        Assert.Equal(
            "busybox",
            await Run(client, "--mount", "type=image,src=busybox,dst=/image,image-subpath=bin", "busybox", "readlink", "/image/sh")
        );
        Assert.Contains(
            "Read-only",
            (
                await client.RunAsync(
                    "run",
                    "--rm",
                    "--network",
                    "none",
                    "--mount",
                    "type=image,src=busybox,dst=/image",
                    "busybox",
                    "touch",
                    "/image/x"
                )
            ).Error
        );
    }

    [SkippableFact]
    public async Task A_read_only_bind_is_read_only_all_the_way_down()
    {
        var client = With("docker");
        var source = Directory.CreateDirectory(Path.Combine(daemon.Directory, _name, "below")).Parent!.FullName;
        Assert.Equal(0, (await Commands.RunAsync("mount", "-t", "tmpfs", "tmpfs", source + "/below")).Code);
        try
        {
            string[] run = ["run", "--rm", "--network", "none", "--mount"];
            Assert.Contains(
                "Read-only",
                (await client.RunAsync([.. run, $"type=bind,src={source},dst=/x,readonly", "busybox", "touch", "/x/below/f"])).Error
            );
            await client.OkAsync([
                .. run,
                $"type=bind,src={source},dst=/x,readonly,bind-recursive=writable",
                "busybox",
                "touch",
                "/x/below/f",
            ]);
            Assert.Equal(
                "",
                await Run(client, "--mount", $"type=bind,src={source},dst=/x,bind-recursive=disabled", "busybox", "ls", "/x/below")
            );
        }
        finally
        {
            await Commands.RunAsync("umount", "-l", source + "/below");
        }
    }

    [SkippableFact]
    public async Task A_volume_is_exported_and_imported()
    {
        var client = With("pier");
        await Run(
            client,
            "-v",
            $"{_name}:/data",
            "busybox",
            "sh",
            "-c",
            "cd /data; mkdir -m 750 d; echo text > d/f; ln d/f hard; ln -s d/f soft; echo no > .wh.name; chown 5:6 d/f; mkfifo pipe"
        );
        var tar = Path.Combine(daemon.Directory, _name + ".tar");
        await client.OkAsync("volume", "export", "-o", tar, _name);
        await client.OkAsync("volume", "import", _name + "copy", tar);
        var seen = await Run(
            client,
            "-v",
            $"{_name}copy:/data",
            "busybox",
            "sh",
            "-c",
            "cd /data; stat -c '%n %a %u:%g %h' d d/f hard; readlink soft; cat .wh.name; test -p pipe"
        );
        Assert.Equal("d 750 0:0 2\nd/f 644 5:6 2\nhard 644 5:6 2\nd/f\nno", seen);
        var broken = await client.RunAsync(
            Encoding.ASCII.GetBytes("this is no archive, whatever its name may say"),
            ["volume", "import", _name + "copy"]
        );
        Assert.NotEqual(0, broken.Code);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Copying_to_and_from_a_stopped_container_reaches_its_volumes(string name)
    {
        var client = With(name);
        var host = Directory.CreateDirectory(Path.Combine(daemon.Directory, _name)).FullName;
        await File.WriteAllTextAsync(host + "/file", "into\n");
        var bind = Directory.CreateDirectory(host + "/bound").FullName;
        await client.OkAsync(
            "create",
            "--name",
            _name,
            "-v",
            $"{_name}:/data",
            "-v",
            $"{bind}:/data/bound",
            "-v",
            $"{_name}ro:/ro:ro",
            "--read-only",
            "busybox",
            "cat",
            "/data/file"
        );
        await client.OkAsync("cp", host + "/file", $"{_name}:/data/file");
        await client.OkAsync("cp", host + "/file", $"{_name}:/data/bound/");
        Assert.Equal("into\n", await File.ReadAllTextAsync(bind + "/file"));
        Assert.Equal("into", await client.OkAsync("start", "-a", _name));
        await Run(client, "-v", $"{_name}:/data", "busybox", "sh", "-c", "echo changed > /data/file");
        await client.OkAsync("cp", $"{_name}:/data/file", host + "/back");
        Assert.Equal("changed\n", await File.ReadAllTextAsync(host + "/back"));
        Assert.Contains("marked read-only", (await client.RunAsync("cp", host + "/file", $"{_name}:/ro/")).Error);
        Assert.Contains("marked read-only", (await client.RunAsync("cp", host + "/file", $"{_name}:/tmp/")).Error);
        await client.OkAsync("rm", _name);
        await client.OkAsync("volume", "rm", _name, _name + "ro");
        Assert.DoesNotContain(_name, await File.ReadAllTextAsync("/proc/self/mountinfo"));
    }

    [SkippableFact]
    public async Task A_link_in_a_stopped_container_does_not_lead_a_mount_out_of_it()
    {
        var client = With("docker");
        var outside = Directory.CreateDirectory(Path.Combine(daemon.Directory, _name)).FullName;
        await client.OkAsync(
            "run",
            "--name",
            _name + "base",
            "--network",
            "none",
            "busybox",
            "ln",
            "-s",
            "../../../../../../.." + outside,
            "/way"
        );
        await client.OkAsync("commit", _name + "base", _name);
        await client.OkAsync("create", "--name", _name, "-v", $"{_name}:/way/data", _name, "true");
        await File.WriteAllTextAsync(outside + "/file", "x");
        await client.RunAsync("cp", outside + "/file", $"{_name}:/way/data/file");
        Assert.Equal(["file"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        await client.OkAsync("rm", _name, _name + "base");
        await client.OkAsync("volume", "rm", _name);
        await client.OkAsync("rmi", _name);
    }

    [SkippableFact]
    public async Task Prune_takes_anonymous_volumes_and_with_all_the_rest()
    {
        var client = With("docker");
        await client.OkAsync("volume", "create", "--label", "prune=" + _name, _name);
        var anonymous = await client.OkAsync("volume", "create", "--label", "prune=" + _name);
        Assert.Contains(anonymous, await client.OkAsync("volume", "prune", "-f", "--filter", "label=prune=" + _name));
        Assert.Contains(_name, await client.OkAsync("volume", "prune", "-af", "--filter", "label=prune=" + _name));
    }
}
