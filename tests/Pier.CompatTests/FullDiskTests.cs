namespace Pier.CompatTests;

/// <summary>
/// A data root without a free block: what runs can be ended and is told truly, what is asked fails whole, and the daemon starts.
/// </summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    readonly PierDaemon _daemon = new();
    readonly Client _docker;

    public FullDiskTests() => _docker = new Client("docker", _daemon);

    string Data => Path.Combine(_daemon.Directory, "data");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Data);
        await Commands.OkAsync("mount", "-t", "tmpfs", "-o", "size=24m,mode=711", "none", Data);
        await _daemon.InitializeAsync();
    }

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [SkippableFact]
    public async Task Containers_end_as_they_are_told_to()
    {
        Skip.If(_docker.Missing is not null, _docker.Missing);
        foreach (var name in (string[])["stopped", "killed", "ended", "passing"])
            await _docker.OkAsync([
                "run",
                "-d",
                .. name == "passing" ? (string[])["--rm"] : [],
                "--name",
                name,
                "busybox",
                "sh",
                "-c",
                Script,
            ]);
        await _docker.OkAsync("create", "--name", "spare", "busybox", "true");
        Fill();
        await _docker.OkAsync("stop", "-t", "10", "stopped");
        await _docker.OkAsync("kill", "killed");
        await _docker.OkAsync("stop", "passing");
        Assert.Equal(6, (await _docker.RunAsync("exec", "ended", "sh", "-c", "exit 6")).Code);
        await _docker.OkAsync("exec", "ended", "kill", "-TERM", "1");
        Assert.Equal("3", await _docker.OkAsync("wait", "ended"));
        Assert.Equal(["ended 3", "killed 137", "spare 0", "stopped 3"], await StatesAsync());
        Assert.Contains("its state is kept in memory until the disk takes it", _daemon.Log);

        // The next change that finds room takes what is owed along.
        Free();
        await _docker.OkAsync("rm", "spare");
        _daemon.Crash();
        _daemon.Start();
        await _daemon.WaitUntilReadyAsync();
        Assert.Equal(["ended 3", "killed 137", "stopped 3"], await StatesAsync());
    }

    [SkippableFact]
    public async Task What_is_asked_fails_whole_and_what_frees_room_works()
    {
        Skip.If(_docker.Missing is not null, _docker.Missing);
        var id = await _docker.OkAsync("create", "--name", "kept", "-v", "content:/c", "busybox", "true");
        await _docker.OkAsync("tag", "busybox", "spare");
        var content = await _docker.OkAsync("volume", "inspect", "-f", "{{.Mountpoint}}", "content");
        await File.WriteAllBytesAsync(Path.Combine(content, "big"), new byte[5_000_000]);
        Fill();
        foreach (
            var asked in (string[][])
                [
                    ["volume", "create", "more"],
                    ["create", "--name", "more", "busybox", "true"],
                    ["commit", "kept", "more"],
                    ["network", "create", "more"],
                    ["rename", "kept", "more"],
                    ["import", Path.Combine(_daemon.Directory, "busybox.tar"), "more"],
                ]
        )
        {
            var refused = await _docker.RunAsync(asked);
            Assert.Equal(1, refused.Code);
            Assert.Contains("no space left on device", refused.Error, StringComparison.OrdinalIgnoreCase);
        }

        // As after a reboot: the disk is as full as before.
        await _daemon.RestartAsync();
        foreach (
            var list in (string[][])
                [
                    ["ps", "-aq", "--no-trunc"],
                    ["volume", "ls", "-q"],
                    ["images", "-q", "more"],
                ]
        )
            Assert.Equal(
                list[0] == "ps" ? id
                    : list[0] == "volume" ? "content"
                    : "",
                await _docker.OkAsync(list)
            );
        await _docker.OkAsync("rmi", "spare");
        await _docker.OkAsync("rm", "kept");
        await _docker.OkAsync("volume", "rm", "content");
        for (var i = 0; i < 200 && (await _docker.RunAsync("volume", "create", "more")).Code != 0; i++)
            await Task.Delay(50);
        Assert.Equal("in", await _docker.OkAsync("run", "--rm", "-v", "more:/m", "busybox", "echo", "in"));
        Free();
        _daemon.Crash();
        Assert.Equal("The store is sound.", await Commands.OkAsync(PierDaemon.Binary, "debug", "store", "--verify", "--data-root", Data));
    }

    const string Script = "trap 'exit 3' TERM; while :; do sleep 0.1; done";

    /// <summary>Names and exit codes.</summary>
    async Task<string[]> StatesAsync()
    {
        var names = (await _docker.OkAsync("ps", "-aq")).Split('\n');
        var states = await _docker.OkAsync(["inspect", "-f", "{{slice .Name 1}} {{.State.ExitCode}}", .. names]);
        return [.. states.Split('\n').Order(StringComparer.Ordinal)];
    }

    /// <summary>Takes every block; whatever the daemon frees meanwhile as well.</summary>
    void Fill()
    {
        using var file = new FileStream(Path.Combine(Data, "fill"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException) { }
    }

    void Free() => File.Delete(Path.Combine(Data, "fill"));
}
