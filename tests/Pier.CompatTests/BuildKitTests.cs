using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Pier.CompatTests;

/// <summary>
/// BuildKit's wire with an unmodified client: Debian's docker 20.10 has one built in (DOCKER_BUILDKIT=1), newer clients need a plugin that
/// is not packaged.
/// </summary>
public sealed partial class BuildKitTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    const string Docker = "/usr/bin/docker";

    readonly string _context = Directory
        .CreateDirectory(Path.Combine(daemon.Directory, "context-" + Guid.NewGuid().ToString("N")[..8]))
        .FullName;

    [SkippableFact]
    public async Task A_secret_reaches_its_step_and_no_layer()
    {
        Write(
            "Dockerfile",
            "FROM busybox\nRUN --mount=type=secret,id=key,required=true cat /run/secrets/key | tr a-z A-Z\nRUN ls -R /run /tmp > /seen 2>&1; true\nCMD [\"cat\",\"/seen\"]\n"
        );
        Write("secret", "open sesame");
        var built = await Build("-t", "secretive", "--secret", $"id=key,src={_context}/secret", _context);
        Assert.Contains("OPEN SESAME", built.Error);
        Assert.DoesNotContain("key", (await Run("run", "--rm", "--network", "none", "secretive")).Out);
        var without = await Build(fails: true, "--no-cache", _context);
        Assert.Contains("key", without.Error);
    }

    [SkippableFact]
    public async Task An_ssh_agent_is_forwarded_into_its_step()
    {
        Write("Dockerfile", "FROM busybox\nRUN --mount=type=ssh,required=true test -S \"$SSH_AUTH_SOCK\" && echo forwarded\n");
        using var agent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        agent.Bind(new UnixDomainSocketEndPoint(Path.Combine(_context, "agent")));
        agent.Listen();
        Assert.Contains("forwarded", (await Build("--ssh", $"default={_context}/agent", _context)).Error);
        Assert.NotEqual(0, (await Build(fails: true, "--no-cache", _context)).Code);
    }

    [SkippableFact]
    public async Task Results_go_to_the_client_as_a_directory_or_a_tar()
    {
        Write(
            "Dockerfile",
            "FROM busybox AS made\nRUN mkdir /out && echo text > /out/file && chmod 750 /out/file && ln -s file /out/link\nFROM scratch\nCOPY --from=made /out /\n"
        );
        var target = Path.Combine(_context, "target");
        await Build("--output", target, _context);
        Assert.Equal("text\n", File.ReadAllText(Path.Combine(target, "file")));
        Assert.Equal("file", File.ResolveLinkTarget(Path.Combine(target, "link"), false)!.Name);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute,
            File.GetUnixFileMode(Path.Combine(target, "file"))
        );
        var tar = Path.Combine(_context, "out.tar");
        await Build("--output", $"type=tar,dest={tar}", _context);
        Assert.Equal("file\nlink\n", (await Commands.RunAsync("tar", "tf", tar)).Out);
    }

    [SkippableFact]
    public async Task Targets_arguments_labels_and_the_cache()
    {
        Write("Dockerfile", "FROM busybox AS one\nARG WHO=nobody\nRUN echo \"hello $WHO\"\nFROM one AS two\nRUN false\n");
        string[] arguments = ["--target", "one", "--build-arg", "WHO=" + _context, "--label", "a=b", "-t", "targeted", _context];
        var first = await Build(arguments);
        Assert.Contains("hello " + _context, first.Error);
        Assert.Contains("naming to docker.io/library/targeted", first.Error);
        var second = await Build(arguments);
        Assert.Matches(@"#\d+ CACHED", second.Error);
        Assert.DoesNotMatch(@"#\d+ [\d.]+ hello", second.Error);
        Assert.Equal("b", (await Run("image", "inspect", "-f", "{{.Config.Labels.a}}", "targeted")).Out.Trim());
        Assert.Equal(
            (await Run("image", "inspect", "-f", "{{.Id}}", "targeted")).Out.Trim(),
            (await Build(["-q", .. arguments])).Out.Trim()
        );
    }

    [SkippableFact]
    public async Task A_failing_step_tells_its_output_and_its_exit_code()
    {
        Write("Dockerfile", "FROM busybox\nRUN echo last words; exit 7\n");
        var failed = await Build(fails: true, "--no-cache", _context);
        Assert.Equal(1, failed.Code);
        Assert.Contains("last words", failed.Error);
        Assert.Contains("process \"/bin/sh -c echo last words; exit 7\" did not complete successfully: exit code: 7", failed.Error);
    }

    [SkippableTheory]
    [InlineData("FROM busybox\nRUNN true\n", "unknown instruction: RUNN")]
    [InlineData("FROM busybox\nCOPY nothing /\n", "nothing")]
    [InlineData(
        "FROM no/such-image-anywhere@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
        "no/such-image-anywhere"
    )]
    public async Task What_is_wrong_is_told(string dockerfile, string message)
    {
        Write("Dockerfile", dockerfile);
        Assert.Contains(message, (await Build(fails: true, _context)).Error);
    }

    [SkippableFact]
    public async Task An_interrupted_build_stops_its_step_at_once()
    {
        var mark = Random.Shared.Next(100_000, 999_999).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Write("Dockerfile", $"FROM busybox\nRUN sleep {mark}\n");
        var start = Start(_context);
        start.RedirectStandardError = true;
        using var client = Process.Start(start)!;
        await Until(() => Sleeps(mark), "the step did not start");
        await Commands.RunAsync("kill", "-INT", client.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await client.WaitForExitAsync();
        Assert.NotEqual(0, client.ExitCode);
        await Until(() => !Sleeps(mark), "the step goes on");
    }

    [SkippableFact]
    public async Task A_context_is_sent_once_and_then_what_changed()
    {
        Write("Dockerfile", "FROM busybox\nCOPY data /data\nRUN cat /data/* | wc -c\n");
        for (var i = 0; i < 200; i++)
            Write($"data/{i:000}", new string('x', 10_000));
        Write("elsewhere", new string('y', 5_000_000));
        Assert.InRange(Transferred(await Build(_context)), 2_000_000, 2_300_000);
        Write("data/007", new string('z', 20_000));
        File.Delete(Path.Combine(_context, "data/008"));
        var second = await Build(_context);
        Assert.InRange(Transferred(second), 20_000, 60_000);
        Assert.Contains("2000000", second.Error);
        Assert.InRange(Transferred(await Build(_context)), 0, 100);
    }

    [SkippableFact]
    public async Task What_dockerignore_names_is_not_sent()
    {
        Write("Dockerfile", "FROM busybox\nCOPY . /all\nRUN find /all -type f | sort\n");
        Write(".dockerignore", "secret*\nlarge\n!secret-but-wanted\n");
        Write("secret-one", "s");
        Write("secret-but-wanted", "w");
        Write("large", new string('x', 3_000_000));
        var built = await Build(_context);
        Assert.DoesNotContain("secret-one", built.Error);
        Assert.Contains("/all/secret-but-wanted", built.Error);
        Assert.InRange(Transferred(built), 0, 10_000);
    }

    [SkippableFact]
    public async Task A_Dockerfile_or_a_context_may_come_from_standard_input()
    {
        Assert.Contains("from stdin", (await Build(Encoding.ASCII.GetBytes("FROM busybox\nRUN echo from stdin\n"), ["-"])).Error);
        Write("Dockerfile", "FROM busybox\nCOPY file /file\nRUN cat /file\n");
        Write("file", "in the tar");
        var tar = Path.Combine(daemon.Directory, "stdin.tar");
        await Commands.RunAsync("tar", "cf", tar, "-C", _context, ".");
        Assert.Contains("in the tar", (await Build(File.ReadAllBytes(tar), ["-"])).Error);
    }

    [Fact]
    public async Task Grpc_is_answered_on_the_same_socket()
    {
        using var http = Http();
        var health = await CallAsync(http, "/grpc.health.v1.Health/Check");
        Assert.Equal(("0", "0000000002" + "0801"), health);
        Assert.Equal("0", (await CallAsync(http, "/moby.buildkit.v1.Control/ListWorkers")).Status);
        Assert.Equal("12", (await CallAsync(http, "/moby.buildkit.v1.Control/NoSuchCall")).Status);
        Assert.Equal("12", (await CallAsync(http, "/no.such.Service/Call")).Status);
    }

    [Fact]
    public async Task Builds_are_remembered()
    {
        Write("Dockerfile", "FROM busybox\nLABEL remembered=yes\n");
        await new Client("pier", daemon).OkAsync("build", "-t", "remembered", _context);
        using var http = Http();
        // BuildHistoryRequest with EarlyExit.
        var (status, hex) = await CallAsync(http, "/moby.buildkit.v1.Control/ListenBuildHistory", 0x18, 0x01);
        Assert.Equal("0", status);
        Assert.Contains("docker.io/library/remembered:latest", Encoding.Latin1.GetString(Convert.FromHexString(hex)));
    }

    HttpClient Http() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, ct) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(daemon.Socket), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        );

    static async Task<(string Status, string Hex)> CallAsync(HttpClient http, string path, params byte[] message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://pier" + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        var headers = answer.TrailingHeaders.Contains("grpc-status")
            ? answer.TrailingHeaders
            : (System.Net.Http.Headers.HttpHeaders)answer.Headers;
        return (headers.GetValues("grpc-status").Single(), Convert.ToHexStringLower(body));
    }

    void Write(string name, string text)
    {
        var path = Path.Combine(_context, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    Task<CommandResult> Build(params string[] arguments) => Build(null, arguments, fails: false);

    Task<CommandResult> Build(bool fails, params string[] arguments) => Build(null, arguments, fails);

    async Task<CommandResult> Build(byte[]? input, string[] arguments, bool fails = false)
    {
        var result = await Commands.RunAsync(Start(arguments), input);
        Assert.True(fails == (result.Code != 0), result.Error + daemon.Log);
        return result;
    }

    ProcessStartInfo Start(params string[] arguments)
    {
        Skip.IfNot(
            File.Exists(Docker) && FileVersion().StartsWith("Docker version 20.10", StringComparison.Ordinal),
            "docker 20.10 (Debian's docker.io) is not installed"
        );
        var start = new Client("docker", daemon).Start(["build", "--progress=plain", .. arguments]);
        start.FileName = Docker;
        start.Environment["DOCKER_BUILDKIT"] = "1";
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    Task<CommandResult> Run(params string[] arguments) => new Client("docker", daemon).RunAsync(arguments);

    static string FileVersion() => Commands.RunAsync(Docker, "--version").GetAwaiter().GetResult().Out;

    static bool Sleeps(string mark) =>
        Directory
            .GetDirectories("/proc")
            .Any(d =>
            {
                try
                {
                    return File.ReadAllText(d + "/cmdline") == $"sleep\0{mark}\0";
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return false;
                }
            });

    static async Task Until(Func<bool> condition, string otherwise)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(30); )
        {
            if (condition())
                return;
            await Task.Delay(50);
        }
        Assert.Fail(otherwise);
    }

    /// <summary>"transferring context: 2.05MB 0.1s done" in bytes; 0 when nothing was told.</summary>
    static double Transferred(CommandResult build)
    {
        var told = TransferLine().Matches(build.Error);
        return told.Count == 0
            ? 0
            : told.Max(m =>
                double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
                * m.Groups[2].Value switch
                {
                    "kB" => 1e3,
                    "MB" => 1e6,
                    "GB" => 1e9,
                    _ => 1,
                }
            );
    }

    [GeneratedRegex(@"transferring context: ([0-9.]+)(B|kB|MB|GB)")]
    private static partial Regex TransferLine();
}
