namespace Pier.CompatTests;

/// <summary>Bind and tmpfs mounts through docker's client, and through pier's.</summary>
public sealed class MountTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _source = Directory.CreateDirectory(Path.Combine(daemon.Directory, "m" + Guid.NewGuid().ToString("N")[..8])).FullName;

    Task<CommandResult> Run(string name, params string[] arguments)
    {
        var client = new Client(name, daemon);
        Skip.If(client.Missing is not null, client.Missing);
        return client.RunAsync(["run", "--rm", "--network", "none", .. arguments]);
    }

    // /root of the image has 0755; a tmpfs' own default is 1777, writable for everyone.
    [SkippableTheory]
    [InlineData("docker", "/root", "755")]
    [InlineData("pier", "/root", "755")]
    [InlineData("docker", "/missing", "1777")]
    [InlineData("docker", "/root:mode=711", "711")]
    public async Task A_tmpfs_takes_over_the_mode_of_the_directory_below_it(string name, string tmpfs, string mode)
    {
        var run = await Run(name, "--tmpfs", tmpfs, "busybox", "stat", "-c", "%a", tmpfs.Split(':')[0]);
        Assert.Equal((0, mode + "\n"), (run.Code, run.Out));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_file_over_a_directory_and_a_directory_over_a_file_are_told(string name)
    {
        const string Hint = "Are you trying to mount a directory onto a file (or vice-versa)?";
        foreach (var mount in (string[])["/bin/busybox:/tmp", $"{_source}:/bin/busybox", "/bin/busybox:/bin/busybox/x"])
        {
            var run = await Run(name, "-v", mount, "busybox", "true");
            Assert.Equal(125, run.Code);
            Assert.Contains(Hint, run.Error);
        }
    }

    // A mount that is shared, made for this test alone; the temporary directory's own may be anything.
    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Propagation_that_the_source_cannot_give_is_refused_and_what_it_can_give_works(string name)
    {
        async Task Host(params string[] command) =>
            Assert.True((await Commands.RunAsync(command[0], command[1..])) is { Code: 0 }, string.Join(' ', command));
        await Host("mount", "--bind", _source, _source);
        try
        {
            await Host("mount", "--make-private", _source);
            foreach (var (mode, word) in ((string, string)[])[("rshared", "shared"), ("rslave", "shared or slave")])
            {
                var refused = await Run(name, "-v", $"{_source}:/x:{mode}", "busybox", "true");
                Assert.Equal(125, refused.Code);
                Assert.Contains($"path {_source} is mounted on {_source} but it is not a {word} mount", refused.Error);
            }
            await Host("mount", "--make-shared", _source);
            Assert.Contains(
                " shared:",
                (await Run(name, "-v", $"{_source}:/x:rshared", "busybox", "grep", " /x ", "/proc/self/mountinfo")).Out
            );
            Assert.Contains(
                " master:",
                (await Run(name, "-v", $"{_source}:/x:rslave", "busybox", "grep", " /x ", "/proc/self/mountinfo")).Out
            );
        }
        finally
        {
            await Host("umount", _source);
        }
    }
}
