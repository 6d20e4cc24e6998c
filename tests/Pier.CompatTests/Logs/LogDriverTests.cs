using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Pier.CompatTests.Logs;

/// <summary>Log drivers with receivers of the test; `logs` reads what was shipped, and no receiver holds a container up.</summary>
public sealed class LogDriverTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    Client Pier => new("pier", daemon);

    static string Unique(string prefix) => prefix + Guid.NewGuid().ToString("n")[..8];

    static async Task Until(Func<bool> holds, Func<string> what)
    {
        for (var end = DateTime.UtcNow + Patience; !holds(); await Task.Delay(20))
            Assert.True(DateTime.UtcNow < end, what());
    }

    /// <summary>Runs a container to its end; the words of --log-opt and so on, then the command.</summary>
    async Task<string> Run(string driver, string script, params string[] options)
    {
        var name = Unique("log");
        string[] words = ["run", "--name", name, "--network", "none", "--log-driver", driver];
        var run = await Pier.RunAsync([
            .. words,
            .. options.SelectMany(o => o.StartsWith('-') ? o.Split(' ', 2) : ["--log-opt", o]),
            "busybox",
            "sh",
            "-c",
            script,
        ]);
        Assert.True(run.Code == 0, run.Error);
        return name;
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("unix")]
    public async Task Syslog_lines_arrive_and_logs_reads_them_too(string protocol)
    {
        var path = Path.Combine(daemon.Directory, Unique("s") + ".sock");
        using var receiver = protocol switch
        {
            "udp" => Receiver.Udp(),
            "tcp" => Receiver.Tcp(),
            _ => Receiver.Unix(path, datagrams: true),
        };
        var address = protocol == "unix" ? "unix://" + path : $"{protocol}://127.0.0.1:{receiver.Port}";
        var name = await Run(
            "syslog",
            "echo one; echo two >&2; printf end",
            "syslog-address=" + address,
            "syslog-format=rfc5424micro",
            "syslog-facility=local3",
            "tag={{.Name}}/{{.ImageName}}"
        );
        string[] Lines() =>
            Encoding
                .UTF8.GetString(protocol == "tcp" ? receiver.Bytes : [.. receiver.Datagrams.SelectMany(d => d)])
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await Until(() => Lines().Length >= 3, () => string.Join('|', Lines()));
        var tag = $"{name}/busybox";
        // local3 is 19: information 19*8+6, error 19*8+3.
        Assert.Contains(
            Lines(),
            l =>
                System.Text.RegularExpressions.Regex.IsMatch(
                    l,
                    $@"^<158>1 \d{{4}}-\d\d-\d\dT[0-9:]{{8}}\.\d{{6}}Z \S+ {tag} \d+ {tag} - one$"
                )
        );
        Assert.Contains(Lines(), l => l.StartsWith("<155>1 ", StringComparison.Ordinal) && l.EndsWith(" - two", StringComparison.Ordinal));
        Assert.Contains(Lines(), l => l.EndsWith(" - end", StringComparison.Ordinal));
        Assert.Equal("one\nend", await Pier.OutputAsync("logs", name));
        Assert.Equal(
            address + "\n",
            await Pier.OutputAsync("inspect", "--format", "{{index .HostConfig.LogConfig.Config \"syslog-address\"}}", name)
        );
        await Pier.OutputAsync("rm", name);
    }

    [Fact]
    public async Task Fluentd_gets_records_and_acknowledges_them()
    {
        var got = new List<object?>();
        using var receiver = Receiver.Tcp(answer: bytes =>
        {
            var message = (object?[])MsgPack.Read(bytes)!;
            lock (got)
                got.AddRange((object?[])message[1]!);
            var chunk = (string)((Dictionary<string, object?>)message[2]!)["chunk"]!;
            return [0x81, 0xa3, .. "ack"u8, (byte)(0xa0 | chunk.Length), .. Encoding.ASCII.GetBytes(chunk)];
        });
        var name = await Run(
            "fluentd",
            "echo hello; echo bad >&2",
            $"fluentd-address=127.0.0.1:{receiver.Port}",
            "fluentd-request-ack=true",
            "fluentd-sub-second-precision=true",
            "labels=who",
            "env=A",
            "--label who=me",
            "--env A=b"
        );
        await Until(
            () =>
            {
                lock (got)
                    return got.Count >= 2;
            },
            () => $"{got.Count} records"
        );
        var record = got.Select(e => (Dictionary<string, object?>)((object?[])e!)[1]!).Single(r => (string)r["log"]! == "hello");
        Assert.Equal(
            ("/" + name, "stdout", "me", "b"),
            ((string)record["container_name"]!, (string)record["source"]!, (string)record["who"]!, (string)record["A"]!)
        );
        Assert.Equal("A=b,who=me hello\n", await Pier.OutputAsync("logs", "--details", name));
        await Pier.OutputAsync("rm", name);
    }

    [Fact]
    public async Task Gelf_goes_in_compressed_chunks_or_over_tcp()
    {
        using var udp = Receiver.Udp();
        // Random bytes do not compress: the message needs several chunks.
        await Run(
            "gelf",
            "head -c 6000 /dev/urandom | base64 -w 0; echo; echo short",
            $"gelf-address=udp://127.0.0.1:{udp.Port}",
            "tag=t-{{upper .ID}}"
        );
        await Until(() => Gelf(udp.Datagrams).Count >= 2, () => $"{udp.Datagrams.Length} datagrams");
        Assert.Contains(udp.Datagrams, d => d is [0x1e, 0x0f, ..] && d.Length <= 1420);
        var messages = Gelf(udp.Datagrams);
        Assert.Contains(messages, m => m.GetProperty("short_message").GetString()!.Length == 8000);
        var last = messages.Single(m => m.GetProperty("short_message").GetString() == "short");
        Assert.Equal(("1.1", 6), (last.GetProperty("version").GetString(), last.GetProperty("level").GetInt32()));
        Assert.Matches("^t-[0-9A-F]{12}$", last.GetProperty("_tag").GetString());

        using var tcp = Receiver.Tcp();
        await Run("gelf", "echo over tcp >&2", $"gelf-address=tcp://127.0.0.1:{tcp.Port}");
        await Until(() => tcp.Bytes is [.., 0], () => Encoding.UTF8.GetString(tcp.Bytes));
        Assert.Equal(
            "over tcp",
            JsonDocument.Parse(tcp.Bytes.AsMemory(0, tcp.Bytes.Length - 1)).RootElement.GetProperty("short_message").GetString()
        );
    }

    static List<JsonElement> Gelf(byte[][] datagrams)
    {
        var whole = datagrams.Where(d => d is [0x1f, 0x8b, ..]).ToList();
        foreach (var group in datagrams.Where(d => d is [0x1e, 0x0f, ..]).GroupBy(d => Convert.ToHexString(d, 2, 8)))
            if (group.Count() == group.First()[11])
                whole.Add([.. group.OrderBy(d => d[10]).SelectMany(d => d[12..])]);
        return [.. whole.Select(d => JsonDocument.Parse(new GZipStream(new MemoryStream(d), CompressionMode.Decompress)).RootElement)];
    }

    [SkippableFact]
    public async Task Journald_gets_fields()
    {
        const string socket = "/run/systemd/journal/socket";
        Skip.If(File.Exists(socket), "a journald runs here: its socket is not the test's");
        Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
        try
        {
            using var receiver = Receiver.Unix(socket, datagrams: true);
            var name = await Run("journald", "echo hello; echo bad >&2", "labels=a.b", "--label a.b=c");
            await Until(() => receiver.Datagrams.Length >= 2, () => $"{receiver.Datagrams.Length} datagrams");
            var entries = receiver.Datagrams.Select(d => Encoding.UTF8.GetString(d).Split('\n')).ToArray();
            var hello = entries.Single(e => e.Contains("MESSAGE=hello"));
            Assert.Contains("PRIORITY=6", hello);
            Assert.Contains("CONTAINER_NAME=" + name, hello);
            Assert.Contains("IMAGE_NAME=busybox", hello);
            Assert.Contains("A_B=c", hello);
            Assert.Contains(entries, e => e.Contains("MESSAGE=bad") && e.Contains("PRIORITY=3"));
        }
        finally
        {
            File.Delete(socket);
        }
    }

    [Fact]
    public async Task An_absent_receiver_holds_nobody_up_and_gets_everything_later_also_across_a_crash()
    {
        var port = FreePorts.Loopback();
        var name = await Run(
            "syslog",
            "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done",
            $"syslog-address=tcp://127.0.0.1:{port}"
        );
        Assert.Equal(3000, (await Pier.OutputAsync("logs", name)).Count('\n'));
        daemon.Crash();
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        using var receiver = Receiver.Tcp(port);
        string[] Lines() =>
            [
                .. Encoding
                    .UTF8.GetString(receiver.Bytes)
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(l => l[(l.IndexOf("]: ", StringComparison.Ordinal) + 3)..]),
            ];
        await Until(() => Lines().Length >= 3000, () => $"{Lines().Length} lines");
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"line {i}"), Lines());
        // What was delivered is not delivered again by the next daemon.
        await daemon.RestartAsync();
        await Task.Delay(500);
        Assert.Equal(3000, Lines().Length);
    }

    [Fact]
    public async Task Non_blocking_keeps_the_newest_messages_for_an_absent_receiver()
    {
        var port = FreePorts.Loopback();
        await Run(
            "fluentd",
            "i=0; while [ $i -lt 4000 ]; do echo line $i; i=$((i+1)); done",
            $"fluentd-address=tcp://127.0.0.1:{port}",
            "mode=non-blocking",
            "max-buffer-size=64k",
            "fluentd-retry-wait=50"
        );
        await Task.Delay(500);
        using var receiver = Receiver.Tcp(port);
        await Until(() => Encoding.UTF8.GetString(receiver.Bytes).Contains("line 3999"), () => $"{receiver.Bytes.Length} bytes");
        Assert.DoesNotContain("line 2000", Encoding.UTF8.GetString(receiver.Bytes));
    }

    [Fact]
    public async Task Local_rotates_and_compresses()
    {
        var name = await Run(
            "local",
            "i=0; while [ $i -lt 8 ]; do seq $((i*3000)) $((i*3000+2999)); i=$((i+1)); sleep 1; done",
            "max-size=200k",
            "max-file=20"
        );
        Assert.Equal(
            Enumerable.Range(0, 24000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            (await Pier.OutputAsync("logs", name)).Split('\n')[..^1]
        );
        Assert.Equal("23998\n23999\n", await Pier.OutputAsync("logs", "--tail", "2", name));
        var id = (await Pier.OutputAsync("inspect", "--format", "{{.Id}}", name)).Trim();
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(daemon.Directory, "data", "containers", id, "local-logs"), "container.log.*.gz"));
    }

    [Theory]
    [InlineData("nope", "", "logger: no log driver named 'nope' is registered")]
    [InlineData("json-file", "max-sizes=1m", "unknown log opt 'max-sizes' for json-file log driver")]
    [InlineData("json-file", "max-size=x", "invalid size: 'x'")]
    [InlineData("json-file", "max-file=0", "max-file cannot be less than 1")]
    [InlineData("local", "labels=a", "unknown log opt 'labels' for log driver local")]
    [InlineData("syslog", "syslog-address=nowhere", "syslog-address should be in form proto://address, got nowhere")]
    [InlineData("syslog", "syslog-facility=x", "invalid syslog facility")]
    [InlineData("syslog", "mode=perhaps", "logger: logging mode not supported: perhaps")]
    [InlineData("syslog", "max-buffer-size=1m", "logger: max-buffer-size option is only supported with 'mode=non-blocking'")]
    [InlineData("syslog", "tag={{.Nope}}", "template: log-tag:1: can't evaluate field Nope in type logger.Info")]
    [InlineData("fluentd", "fluentd-address=ftp://x", "invalid fluentd-address (ftp://x): unsupported scheme: 'ftp'")]
    [InlineData("gelf", "tag=x", "gelf-address is a required parameter")]
    [InlineData("gelf", "gelf-address=udp://x", "gelf: please provide gelf-address as proto://host:port")]
    [InlineData("gelf", "x=y", "unknown log opt \"x\" for gelf log driver")]
    [InlineData("journald", "x=y", "unknown log opt 'x' for journald log driver")]
    [InlineData("none", "x=y", "invalid logging opts for driver none")]
    public async Task Mistakes_are_refused_in_dockers_words(string driver, string option, string message)
    {
        string[] options = option.Length == 0 ? [] : ["--log-opt", option];
        var create = await Pier.RunAsync(["create", "--log-driver", driver, .. options, "busybox", "true"]);
        Assert.NotEqual(0, create.Code);
        Assert.Contains(message, create.Error);
    }

    [Fact]
    public async Task What_was_not_kept_cannot_be_read()
    {
        foreach (var (driver, option) in ((string, string?)[])[("none", null), ("syslog", "cache-disabled=true")])
        {
            var name = await Run(driver, "echo x", option is null ? [] : [option, "syslog-address=udp://127.0.0.1:9"]);
            var logs = await Pier.RunAsync("logs", name);
            Assert.Contains("configured logging driver does not support reading", logs.Error);
        }
        Assert.Contains("syslog", await Pier.OutputAsync("info", "--format", "{{json .Plugins.Log}}"));
    }

    [Fact]
    public async Task Logs_follow_gives_every_line_once_while_the_log_is_rotated()
    {
        var name = Unique("follow");
        await Pier.OutputAsync(
            "create",
            "--name",
            name,
            "--network",
            "none",
            "--log-opt",
            "max-size=20k",
            "--log-opt",
            "max-file=50",
            "busybox",
            "sh",
            "-c",
            "i=0; while [ $i -lt 40 ]; do seq $((i*200)) $((i*200+199)); i=$((i+1)); sleep 0.02; done"
        );
        await Pier.OutputAsync("start", name);
        var followed = await Pier.OutputAsync("logs", "-f", name);
        var expected = Enumerable.Range(0, 8000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(expected, followed.Split('\n')[..^1]);
        // At once over: nothing of it is missed either.
        for (var i = 0; i < 5; i++)
        {
            var fast = Unique("fast");
            await Pier.OutputAsync("run", "-d", "--name", fast, "--network", "none", "busybox", "seq", "1", "300");
            Assert.Equal(300, (await Pier.OutputAsync("logs", "-f", fast)).Count('\n'));
        }
    }

    [Fact]
    public async Task A_client_that_never_reads_and_a_line_without_end_hold_nobody_up()
    {
        var name = Unique("bomb");
        await Pier.OutputAsync(
            "run",
            "-d",
            "--name",
            name,
            "--network",
            "none",
            "--log-opt",
            "max-size=1m",
            "--log-opt",
            "max-file=3",
            "busybox",
            "sh",
            "-c",
            "head -c 30000000 /dev/zero | tr '\\0' x; echo; echo done > /tmp/done; sleep 1000"
        );
        using var lazy = System.Diagnostics.Process.Start(Redirected(Pier.Start("logs", "-f", name)))!;
        try
        {
            for (
                var end = DateTime.UtcNow + Patience;
                (await Pier.RunAsync("exec", name, "cat", "/tmp/done")).Code != 0;
                await Task.Delay(100)
            )
                Assert.True(DateTime.UtcNow < end, "the container is held up");
            var id = (await Pier.OutputAsync("inspect", "--format", "{{.Id}}", name)).Trim();
            var files = Directory.GetFiles(Path.Combine(daemon.Directory, "data", "containers", id), "*-json.log*");
            Assert.InRange(files.Sum(f => new FileInfo(f).Length), 1, 3_500_000);
        }
        finally
        {
            lazy.Kill();
            await Pier.OutputAsync("rm", "-f", name);
        }
    }

    static System.Diagnostics.ProcessStartInfo Redirected(System.Diagnostics.ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        return start;
    }
}
