using System.Diagnostics;
using System.Globalization;

namespace Pier.CompatTests.Fuzz;

/// <summary>
/// Attach over a websocket by clients that break the protocol: the connection ends, the daemon, the container and everybody else who is
/// attached to it do not notice. PIER_FUZZ=SECONDS runs longer, PIER_FUZZ_SEED repeats a run.
/// </summary>
public sealed class WebSocketFuzzTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    const string Key = "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n",
        Version = "Sec-WebSocket-Version: 13\r\n",
        Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A container that counts, and reads what it is sent or never does.</summary>
    async Task<string> Counter(bool reads)
    {
        var reader = reads ? "exec 3<&0; cat <&3 >/dev/null & " : "";
        var run = await new Client("pier", daemon).RunAsync(
            "run",
            "-d",
            "-i",
            "--network",
            "none",
            "busybox",
            "busybox",
            "sh",
            "-c",
            reader + "i=0; while :; do i=$((i+1)); echo line $i; busybox sleep 0.01; done"
        );
        Assert.True(run.Code == 0, run.Error);
        return run.Out.Trim();
    }

    async Task<RawConnection> Ask(string id, string headers, string method = "GET", string version = "1.1")
    {
        var connection = await RawConnection.OpenAsync(daemon.Socket);
        await connection.SendAsync(
            $"{method} /v1.41/containers/{id}/attach/ws?stream=1&stdin=1&stdout=1&stderr=1 HTTP/{version}\r\nHost: x\r\n{headers}\r\n"
        );
        return connection;
    }

    async Task<RawConnection> Open(string id)
    {
        var connection = await Ask(id, Upgrade + Version + Key);
        Assert.StartsWith("HTTP/1.1 101", await connection.ReadUntilAsync("\r\n\r\n"));
        return connection;
    }

    [Theory]
    [InlineData("no key", Upgrade + Version)]
    [InlineData("empty key", Upgrade + Version + "Sec-WebSocket-Key:\r\n")]
    [InlineData("short key", Upgrade + Version + "Sec-WebSocket-Key: AQID\r\n")]
    [InlineData("long key", Upgrade + Version + "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEBESEw==\r\n")]
    [InlineData("key that is no base64", Upgrade + Version + "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n")]
    [InlineData("two keys", Upgrade + Version + Key + Key)]
    [InlineData("no version", Upgrade + Key)]
    [InlineData("version 8", Upgrade + "Sec-WebSocket-Version: 8\r\n" + Key)]
    [InlineData("two versions", Upgrade + Version + "Sec-WebSocket-Version: 8\r\n" + Key)]
    [InlineData("no upgrade", Version + Key)]
    [InlineData("another upgrade", "Connection: Upgrade\r\nUpgrade: h2c\r\n" + Version + Key)]
    [InlineData("no connection", "Upgrade: websocket\r\n" + Version + Key)]
    [InlineData("a body", Upgrade + Version + Key + "Content-Length: 5\r\n")]
    [InlineData("a chunked body", Upgrade + Version + Key + "Transfer-Encoding: chunked\r\n")]
    [InlineData("another method", Upgrade + Version + Key, "POST")]
    [InlineData("HTTP/1.0", Upgrade + Version + Key, "GET", "1.0")]
    public async Task A_handshake_that_is_none_is_the_clients_mistake(
        string what,
        string headers,
        string method = "GET",
        string version = "1.1"
    )
    {
        var id = await Counter(reads: true);
        using var connection = await Ask(id, headers, method, version);
        var answer = await connection.ReadUntilAsync("\r\n\r\n");
        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), $"{what}: {answer}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Broken_frames_end_their_connection_and_nothing_else(bool reads)
    {
        var id = await Counter(reads);
        var held = daemon.Descriptors;
        Assert.True(held > 10, $"{held} descriptors");
        using var observer = await Open(id);
        foreach (var (what, bytes, ends) in BrokenFrames.Fixed())
        {
            using var connection = await Open(id);
            await SendAsync(connection, bytes);
            // A container that reads nothing is waited for: what comes after its full pipe is not looked at.
            if (ends)
                Assert.True(await connection.EndsAsync(TimeSpan.FromSeconds(10)), $"{what}: the connection goes on");
            Assert.True(await PingsAsync(), what);
        }
        await HealthyAsync(id, observer, held);
    }

    [Fact]
    public async Task Noise_ends_its_connection_and_nothing_else()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PIER_FUZZ_SEED"), out var given) ? given : 20_261_122;
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("PIER_FUZZ"), CultureInfo.InvariantCulture, out var asked)
            ? asked
            : 8;
        var random = new Random(seed);
        var id = await Counter(reads: true);
        var held = daemon.Descriptors;
        using var observer = await Open(id);
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; count++)
        {
            using var connection = await Open(id);
            for (var frames = random.Next(1, 5); frames > 0; frames--)
                await SendAsync(connection, BrokenFrames.Noise(random));
            // Sometimes the client is gone before the daemon has looked.
            if (random.Next(2) == 0)
                await connection.EndsAsync(TimeSpan.FromMilliseconds(random.Next(30)));
        }
        Assert.True(count > 50, $"seed {seed}: only {count} connections in {seconds} s");
        await HealthyAsync(id, observer, held);
    }

    async Task<bool> PingsAsync()
    {
        using var wire = new Wire(daemon.Socket);
        return (await wire.GetAsync("/_ping")).Status == 200;
    }

    static async Task SendAsync(RawConnection connection, byte[] bytes)
    {
        try
        {
            await connection.SendAsync(bytes, Patience);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            // Refused before all of it was sent, or sent to a container that does not read.
        }
    }

    /// <summary>Who was attached all the time has every line; the container runs; what the others held is closed.</summary>
    async Task HealthyAsync(string id, RawConnection observer, int held)
    {
        var pier = new Client("pier", daemon);
        Assert.Equal("true\n", (await pier.RunAsync("inspect", "--format", "{{.State.Running}}", id)).Out);
        var newest = (await pier.RunAsync("logs", "--tail", "1", id)).Out.Trim();
        var output = await observer.ReadUntilAsync(o => BrokenFrames.Payloads(o).Contains(newest + "\n", StringComparison.Ordinal));
        var seen = Lines(BrokenFrames.Payloads(output));
        Assert.Equal(Enumerable.Range(seen[0], seen.Count), seen);
        observer.Dispose();
        for (var i = 0; i < 200 && daemon.Descriptors > held; i++)
            await Task.Delay(50);
        Assert.True(daemon.Descriptors <= held, $"{daemon.Descriptors} descriptors, {held} before");
        Assert.DoesNotContain("Exception", daemon.Log);
    }

    // The numbers of whole lines.
    static List<int> Lines(string output) =>
        [
            .. System
                .Text.RegularExpressions.Regex.Matches(output, @"line (\d+)\n")
                .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)),
        ];
}
