namespace Pier.CompatTests;

/// <summary>Root file systems of --rm containers and of build steps need not reach the disk: overlayfs calls that "volatile".</summary>
public sealed class PassingRootTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    const string Options = "grep ' / / ' /proc/self/mountinfo";

    readonly Client _pier = new("pier", daemon);

    [SkippableFact]
    public async Task Only_containers_that_remove_themselves_pass()
    {
        await RequireOverlayAsync();
        Assert.Contains("volatile", await _pier.OkAsync("run", "--rm", "--network", "none", "busybox", "sh", "-c", Options));
        var name = NewName();
        Assert.DoesNotContain("volatile", await _pier.OkAsync("run", "--name", name, "--network", "none", "busybox", "sh", "-c", Options));
        await _pier.OkAsync("rm", name);
    }

    [SkippableFact]
    public async Task A_passing_container_is_restarted_with_what_it_wrote()
    {
        var name = await StartCountingAsync();
        await _pier.OkAsync("restart", "-t", "0", name);
        await _pier.OkAsync("restart", "-t", "0", name);
        Assert.Equal("run\nrun\nrun", await _pier.OkAsync("exec", name, "cat", "/runs"));
        await _pier.OkAsync("rm", "-f", name);
    }

    // The mark of the first mount is still there when the engine that made it is not.
    [SkippableFact]
    public async Task A_passing_container_is_restarted_by_another_engine()
    {
        var name = await StartCountingAsync();
        daemon.Crash();
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        await _pier.OkAsync("restart", "-t", "0", name);
        Assert.Equal("run\nrun", await _pier.OkAsync("exec", name, "cat", "/runs"));
        await _pier.OkAsync("rm", "-f", name);
    }

    [SkippableFact]
    public async Task Steps_of_a_build_pass()
    {
        await RequireOverlayAsync();
        var context = Directory.CreateTempSubdirectory("passing-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(context, "Dockerfile"), $"FROM busybox\nRUN {Options} | tee /seen\n");
            var image = NewName();
            await _pier.OkAsync("build", "-q", "--network", "none", "-t", image, context);
            Assert.Contains("volatile", await _pier.OkAsync("run", "--rm", "--network", "none", image, "cat", "/seen"));
            await _pier.OkAsync("rmi", image);
        }
        finally
        {
            Directory.Delete(context, recursive: true);
        }
    }

    /// <summary>A container that removes itself and writes a line into /runs each time it starts: its name.</summary>
    async Task<string> StartCountingAsync()
    {
        var name = NewName();
        string[] command = ["busybox", "sh", "-c", "echo run >> /runs; sleep 300"];
        await _pier.OkAsync(["run", "-d", "--rm", "--init", "--name", name, "--network", "none", .. command]);
        return name;
    }

    static string NewName() => "p" + Guid.NewGuid().ToString("N")[..8];

    async Task RequireOverlayAsync()
    {
        var driver = await _pier.OkAsync("info", "-f", "{{.Driver}}");
        Skip.IfNot(driver.StartsWith("overlay", StringComparison.Ordinal), $"the storage driver is {driver}");
    }
}
