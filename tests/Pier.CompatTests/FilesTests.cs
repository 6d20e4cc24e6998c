using System.Formats.Tar;

namespace Pier.CompatTests;

/// <summary>cp, diff, export, commit, save and prune through docker's client and through pier's.</summary>
public sealed class FilesTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    readonly string _local = Directory.CreateTempSubdirectory("pier-files-").FullName;

    public void Dispose() => Directory.Delete(_local, recursive: true);

    Client With(string name) => Client.OrSkip(name, daemon);

    static string Unique(string prefix) => prefix + Guid.NewGuid().ToString("n")[..8];

    string Local(string name) => Path.Combine(_local, name);

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Files_go_in_and_come_out_also_where_something_is_mounted(string name)
    {
        var client = With(name);
        var container = Unique("cp");
        Directory.CreateDirectory(Local("tree/sub"));
        Directory.CreateDirectory(Local("bind"));
        File.WriteAllText(Local("tree/sub/file"), "content");
        File.SetUnixFileMode(Local("tree/sub/file"), (UnixFileMode)0x9E8);
        File.CreateSymbolicLink(Local("tree/link"), "sub/file");
        await client.OutputAsync(
            "run",
            "-d",
            "--name",
            container,
            "--network",
            "none",
            "-v",
            Local("bind") + ":/bind",
            "--tmpfs",
            "/tmpfs",
            "busybox",
            "sleep",
            "1000"
        );
        foreach (var place in new[] { "/", "/bind", "/tmpfs" })
        {
            await client.OutputAsync("cp", Local("tree"), $"{container}:{place}");
            Assert.Equal("content", await client.OutputAsync("exec", container, "cat", $"{place}/tree/link"));
            await client.OutputAsync("cp", $"{container}:{place}/tree/.", Local("out" + place));
            Assert.Equal("content", File.ReadAllText(Local($"out{place}/sub/file")));
            Assert.Equal((UnixFileMode)0x9E8, File.GetUnixFileMode(Local($"out{place}/sub/file")));
            Assert.Equal("sub/file", new FileInfo(Local($"out{place}/link")).LinkTarget);
            Directory.Delete(Local("out"), recursive: true);
            Directory.CreateDirectory(Local("out"));
        }
        Assert.Equal("content", File.ReadAllText(Local("bind/tree/sub/file")));
        await client.OutputAsync("stop", "-t", "0", container);
        await client.OutputAsync("cp", Local("tree/sub/file"), $"{container}:/tree/renamed");
        await client.OutputAsync("cp", "-L", $"{container}:/tree/link", Local("followed"));
        Assert.Equal("content", File.ReadAllText(Local("followed")));
        Assert.Contains("A /tree/renamed\n", await client.OutputAsync("diff", container));
        Assert.DoesNotContain("A /bind/tree", await client.OutputAsync("diff", container));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task What_cannot_be_copied_is_told_in_dockers_words(string name)
    {
        var client = With(name);
        var container = Unique("cperr");
        File.WriteAllText(Local("file"), "");
        Directory.CreateDirectory(Local("dir"));
        await client.OutputAsync("create", "--name", container, "--read-only", "busybox", "true");
        async Task Fails(string error, params string[] arguments)
        {
            var run = await client.RunAsync(["cp", .. arguments]);
            // docker's client may log before it that its own tar broke off.
            Assert.Equal((1, error), (run.Code, run.Error.TrimEnd('\n').Split('\n')[^1]));
        }
        await Fails(
            $"Error response from daemon: Could not find the file /nope in container {container}",
            $"{container}:/nope",
            Local("x")
        );
        await Fails("Error response from daemon: No such container: nobody", "nobody:/x", Local("x"));
        await Fails("Error response from daemon: container rootfs is marked read-only", Local("file"), $"{container}:/");
        await Fails("cannot copy directory", Local("dir"), $"{container}:/bin/busybox");
        await Fails("no such directory", Local("file"), $"{container}:/new/");
        await Fails("copying between containers is not supported", "a:/x", "b:/y");
        await Fails("must specify at least one container source", "x", "y");
        await Fails($"destination \"{container}:/bin/busybox\" must be a directory", "-", $"{container}:/bin/busybox");
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_commit_can_be_run_saved_and_pruned(string name)
    {
        var client = With(name);
        var (container, image) = (Unique("com"), Unique("made"));
        await client.OutputAsync(
            "run",
            "-d",
            "--name",
            container,
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "echo kept > /kept; rm /bin/false; sleep 1000"
        );
        for (var i = 0; i < 50 && !(await client.OutputAsync("diff", container)).Contains("/kept"); i++)
            await Task.Delay(20);
        var id = (
            await client.OutputAsync(
                "commit",
                "-a",
                "Me <me@x>",
                "-m",
                "why",
                "-c",
                "CMD [\"cat\",\"/kept\"]",
                "-c",
                "ENV A=b",
                container,
                image + ":tag"
            )
        ).Trim();
        Assert.StartsWith("sha256:", id);
        Assert.Equal("true\n", await client.OutputAsync("inspect", "-f", "{{.State.Running}}", container));
        Assert.Equal("kept\n", await client.OutputAsync("run", "--rm", "--network", "none", image + ":tag"));
        Assert.Equal("Me <me@x> why\n", await client.OutputAsync("image", "inspect", "-f", "{{.Author}} {{.Comment}}", image + ":tag"));
        await client.OutputAsync("save", "-o", Local("image.tar"), image + ":tag");
        await client.OutputAsync("rmi", image + ":tag");
        Assert.Contains($"Loaded image: {image}:tag", await client.OutputAsync("load", "-i", Local("image.tar")));
        Assert.Equal(id, (await client.OutputAsync("image", "inspect", "-f", "{{.Id}}", image + ":tag")).Trim());
        var dangling = (await client.OutputAsync("commit", "-m", "dangling " + image, container)).Trim();
        Assert.Contains(dangling, await client.OutputAsync("image", "prune", "-f"));
        Assert.NotEqual(0, (await client.RunAsync("image", "inspect", dangling)).Code);
        await client.OutputAsync("image", "inspect", image + ":tag");
        await client.OutputAsync("rm", "-f", container);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task An_export_holds_the_container_and_not_its_mounts(string name)
    {
        var client = With(name);
        var container = Unique("exp");
        Directory.CreateDirectory(Local("bind"));
        File.WriteAllText(Local("bind/hidden"), "");
        await client.OutputAsync(
            "run",
            "-d",
            "--name",
            container,
            "--network",
            "none",
            "-v",
            Local("bind") + ":/bind",
            "busybox",
            "sh",
            "-c",
            "echo x > /own; sleep 1000"
        );
        for (var i = 0; i < 50 && !(await client.OutputAsync("diff", container)).Contains("/own"); i++)
            await Task.Delay(20);
        await client.OutputAsync("export", "-o", Local("root.tar"), container);
        var names = new List<string>();
        using (var tar = new TarReader(File.OpenRead(Local("root.tar"))))
        {
            while (tar.GetNextEntry() is { } entry)
                names.Add(entry.Name);
        }
        Assert.Contains("own", names);
        Assert.Contains("bin/busybox", names);
        Assert.Contains("bind/", names);
        Assert.DoesNotContain("bind/hidden", names);
        Assert.DoesNotContain(names, n => n.StartsWith("proc/") && n != "proc/");
        await client.OutputAsync("rm", "-f", container);
    }
}
