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
        Assert.Contains("volatile", await Ok("run", "--rm", "--network", "none", "busybox", "sh", "-c", Options));
        var name = NewName();
        Assert.DoesNotContain("volatile", await Ok("run", "--name", name, "--network", "none", "busybox", "sh", "-c", Options));
        await Ok("rm", name);
    }

    [SkippableFact]
    public async Task A_passing_container_is_restarted_with_what_it_wrote()
    {
        var name = NewName();
        await Ok("run", "-d", "--rm", "--init", "--name", name, "--network", "none", "busybox", "sh", "-c", "echo run >> /runs; sleep 300");
        await Ok("restart", "-t", "0", name);
        await Ok("restart", "-t", "0", name);
        Assert.Equal("run\nrun\nrun", await Ok("exec", name, "cat", "/runs"));
        await Ok("rm", "-f", name);
    }

    // The mark of the first mount is still there when the engine that made it is not.
    [SkippableFact]
    public async Task A_passing_container_is_restarted_by_another_engine()
    {
        var name = NewName();
        await Ok("run", "-d", "--rm", "--init", "--name", name, "--network", "none", "busybox", "sh", "-c", "echo run >> /runs; sleep 300");
        daemon.Crash();
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        await Ok("restart", "-t", "0", name);
        Assert.Equal("run\nrun", await Ok("exec", name, "cat", "/runs"));
        await Ok("rm", "-f", name);
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
            await Ok("build", "-q", "--network", "none", "-t", image, context);
            Assert.Contains("volatile", await Ok("run", "--rm", "--network", "none", image, "cat", "/seen"));
            await Ok("rmi", image);
        }
        finally
        {
            Directory.Delete(context, recursive: true);
        }
    }

    static string NewName() => "p" + Guid.NewGuid().ToString("N")[..8];

    async Task RequireOverlayAsync()
    {
        var driver = await Ok("info", "-f", "{{.Driver}}");
        Skip.IfNot(driver.StartsWith("overlay", StringComparison.Ordinal), $"the storage driver is {driver}");
    }

    async Task<string> Ok(params string[] arguments)
    {
        var result = await _pier.RunAsync(arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return result.Out.Trim();
    }
}
