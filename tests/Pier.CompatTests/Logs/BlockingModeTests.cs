using System.Globalization;
using System.Text;

namespace Pier.CompatTests.Logs;

/// <summary>
/// mode=blocking, said explicitly: a container waits before a message is lost to its receiver. Nobody else waits, and without the word
/// nobody does.
/// </summary>
public sealed class BlockingModeTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    /// <summary>More than pipe and cache hold together.</summary>
    const int Count = 80_000;

    const string SmallCache = "--log-opt cache-max-size=500k --log-opt cache-max-file=";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly string[] Everything = [.. Enumerable.Range(1, Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    readonly string _name = "held" + Guid.NewGuid().ToString("n")[..8];

    Client Pier => new("pier", daemon);

    static async Task Until(Func<Task<bool>> holds, Func<string> what)
    {
        for (var end = DateTime.UtcNow + Patience; !await holds(); await Task.Delay(100))
            Assert.True(DateTime.UtcNow < end, what());
    }

    Task<string> Start(int files, string options) =>
        Pier.OutputAsync([
            .. $"run -d --name {_name} --network none {SmallCache}{files} {options}".Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "busybox",
            "sh",
            "-c",
            $"seq 1 {Count}; echo end >&2",
        ]);

    async Task<string[]> Kept() => (await Pier.OutputAsync("logs", _name)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    async Task<bool> Running() => (await Pier.OutputAsync("inspect", "--format", "{{.State.Running}}", _name)).Trim() == "true";

    /// <summary>Returns when nothing more comes into the log while the container lives.</summary>
    async Task<string[]> AwaitHold()
    {
        var (last, same) = (Array.Empty<string>(), 0);
        await Until(
            async () =>
            {
                var before = last;
                last = await Kept();
                same = last.Length > 0 && last.Length == before.Length ? same + 1 : 0;
                return same == 10;
            },
            () => $"{last.Length} lines"
        );
        Assert.True(await Running(), "the container ran through");
        Assert.True(last.Length < Count, $"{last.Length} lines");
        return last;
    }

    /// <summary>The end comes through another pipe: it may be there first.</summary>
    static bool Whole(string[] lines) => lines.Distinct().Count() > Count;

    static string[] Lines(Receiver receiver) =>
        [
            .. Encoding
                .UTF8.GetString(receiver.Bytes)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l[(l.IndexOf("]: ", StringComparison.Ordinal) + 3)..]),
        ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Every_line_reaches_a_receiver_that_was_absent_also_across_kills(int files)
    {
        var port = FreePorts.Loopback();
        await Start(files, $"--log-driver syslog --log-opt mode=blocking --log-opt syslog-address=tcp://127.0.0.1:{port}");
        var kept = await AwaitHold();
        Assert.Equal(Everything[..kept.Length], kept);

        // Nobody else waits, and the container does everything but write.
        Assert.Equal("other\n", await Pier.OutputAsync("run", "--rm", "--network", "none", "busybox", "echo", "other"));
        Assert.Equal("inside\n", await Pier.OutputAsync("exec", _name, "echo", "inside"));
        Assert.Equal("1\n2\n", string.Concat((await Pier.OutputAsync("logs", _name)).Split('\n').Take(2).Select(l => l + "\n")));

        daemon.Crash();
        PierDaemon.Kill(daemon.SupervisorPid("--serve"));
        await Task.Delay(500);
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        Assert.True(await Running());
        Assert.InRange((await AwaitHold()).Length, kept.Length, kept.Length + 2000);
        Assert.InRange(LogBytes(await Id()), 1, (files + 1) * 500 << 10);

        using var receiver = Receiver.Tcp(port);
        await Until(() => Task.FromResult(Whole(Lines(receiver))), () => $"{Lines(receiver).Length} lines");
        Assert.Equal(Everything, Lines(receiver).Where(l => l != "end").Distinct());
        Assert.Equal("0\n", await Pier.OutputAsync("wait", _name));
        await Pier.OutputAsync("rm", _name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-t")]
    public async Task Every_line_reaches_a_receiver_that_stopped_reading(string terminal)
    {
        using var receiver = new StallingFluentd();
        string[] Received() => [.. receiver.Lines.Select(l => l.TrimEnd('\r'))];
        await Start(
            3,
            $"--log-driver fluentd --log-opt mode=blocking --log-opt fluentd-address=127.0.0.1:{receiver.Port} "
                + $"--log-opt fluentd-request-ack=true --log-opt cache-compress=false {terminal}"
        );
        await AwaitHold();
        receiver.StallAfter(5_000);
        await Until(() => Task.FromResult(receiver.Stalled), () => $"{Received().Length} lines");
        await AwaitHold();
        receiver.StallAfter(int.MaxValue);
        await Until(() => Task.FromResult(Whole(Received())), () => $"{Received().Length} lines");
        Assert.Equal(Everything, Received().Where(l => l != "end").Distinct());
        await Pier.OutputAsync("rm", "-f", _name);
    }

    [Fact]
    public async Task A_held_container_is_stopped_at_once_and_what_it_wrote_is_delivered()
    {
        var port = FreePorts.Loopback();
        await Start(2, $"--log-driver syslog --log-opt mode=blocking --log-opt syslog-address=tcp://127.0.0.1:{port}");
        var kept = await AwaitHold();
        await Pier.OutputAsync("stop", "-t", "1", _name);
        Assert.False(await Running());
        var written = await Kept();
        // What was in the pipe is in the log now, whatever its size.
        Assert.True(written.Length > kept.Length + 10_000, $"{kept.Length}, then {written.Length} lines");
        Assert.Equal(Everything[..(written.Length - 1)], written[..^1]);
        using var receiver = Receiver.Tcp(port);
        await Until(() => Task.FromResult(Lines(receiver).Length >= written.Length), () => $"{Lines(receiver).Length} lines");
        Assert.Equal(written, Lines(receiver));
        await Pier.OutputAsync("rm", _name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--log-opt mode=non-blocking")]
    public async Task Without_the_word_no_receiver_holds_a_container(string mode)
    {
        var address = $"tcp://127.0.0.1:{FreePorts.Loopback()}";
        await Start(2, $"--log-driver syslog --log-opt syslog-address={address} {mode}");
        Assert.Equal("0\n", await Pier.OutputAsync("wait", _name));
        Assert.Equal($"{Count}", (await Kept())[^1]);
        Assert.InRange(LogBytes(await Id()), 1, 3 * 500 << 10);
        await Pier.OutputAsync("rm", "-f", _name);
    }

    async Task<string> Id() => (await Pier.OutputAsync("inspect", "--format", "{{.Id}}", _name)).Trim();

    long LogBytes(string id) =>
        Directory
            .GetFiles(Path.Combine(daemon.Directory, "data", "containers", id), "container-cached.log*")
            .Where(f => !f.Contains("gz", StringComparison.Ordinal))
            .Sum(f => new FileInfo(f).Length);
}
