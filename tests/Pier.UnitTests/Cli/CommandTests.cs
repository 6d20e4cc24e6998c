namespace Pier.UnitTests.Cli;

/// <summary>Whole commands against a scripted daemon: texts and exit codes.</summary>
public class CommandTests
{
    const string Containers = """
        [{"Id":"e43df725471b1e57857f855b6b06e5d6","Names":["/w1"],"Image":"busybox","ImageID":"sha256:2750f2f46743","Command":"sleep 100000 and more","Created":1799999100,
        "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"IP":"0.0.0.0","PrivatePort":81,"PublicPort":8081,"Type":"tcp"},{"PrivatePort":443,"Type":"tcp"}],
        "Labels":{"b":"2","a":"1"},"State":"running","Status":"Up 15 minutes","NetworkSettings":{"Networks":{"bridge":{}}},"Mounts":[]}]
        """;

    [Fact]
    public void Ps_prints_dockers_table()
    {
        using var daemon = new FakeDaemon((_, _) => FakeDaemon.Json(Containers));
        var run = CliRun.Of(daemon.Path, "ps");
        Assert.Equal(
            "CONTAINER ID   IMAGE     COMMAND                  CREATED          STATUS          PORTS                                   NAMES\n"
                + "e43df725471b   busybox   \"sleep 100000 and mo…\"   15 minutes ago   Up 15 minutes   0.0.0.0:8080-8081->80-81/tcp, 443/tcp   w1\n",
            run.Out
        );
    }

    [Theory]
    [InlineData("e43df725471b\n", "-q")]
    [InlineData("w1: a=1,b=2\n", "--format", "{{.Names}}: {{.Labels}}")]
    [InlineData("NAMES     STATE\nw1        running\n", "--format", "table {{.Names}}\\t{{.State}}")]
    public void Ps_formats(string expected, params string[] arguments)
    {
        using var daemon = new FakeDaemon((_, _) => FakeDaemon.Json(Containers));
        Assert.Equal(expected, CliRun.Of(daemon.Path, ["ps", .. arguments]).Out);
    }

    [Fact]
    public void Ps_sends_its_filters()
    {
        using var daemon = new FakeDaemon((_, _) => FakeDaemon.Json("[]"));
        CliRun.Of(daemon.Path, "ps", "-a", "-n", "3", "-f", "status=exited", "-f", "status=dead");
        Assert.Equal(
            "GET /containers/json?all=1&limit=3&filters="
                + Uri.EscapeDataString("""{"status":{"dead":true,"exited":true}}""")
                + " HTTP/1.1",
            daemon.Requests[0].Line
        );
    }

    [Fact]
    public void A_daemons_error_is_repeated_and_the_rest_still_done()
    {
        using var daemon = new FakeDaemon(
            (line, _) =>
                line.Contains("/a?") || line.Contains("/a ")
                    ? FakeDaemon.Json("""{"message":"No such container: a"}""", 404)
                    : "HTTP/1.1 204 No Content\r\n\r\n"
        );
        var run = CliRun.Of(daemon.Path, "rm", "a", "b");
        Assert.Equal((1, "b\n", "Error response from daemon: No such container: a\n"), (run.Code, run.Out, run.Error));
    }

    [Theory]
    [InlineData(127, "exec: \\\"x\\\": executable file not found in $PATH: unknown")]
    [InlineData(126, "exec: \\\"/etc\\\": permission denied: unknown")]
    [InlineData(126, "exec: \\\"/etc\\\": is a directory: unknown")]
    [InlineData(125, "something else")]
    public void Run_tells_why_a_start_failed_by_its_exit_code(int code, string message)
    {
        using var daemon = new FakeDaemon(
            (line, _) =>
                line.Contains("/create")
                    ? FakeDaemon.Json("""{"Id":"abc"}""", 201)
                    : FakeDaemon.Json($$"""{"message":"{{message}}"}""", 400)
        );
        var run = CliRun.Of(daemon.Path, "run", "-d", "img");
        Assert.Equal(code, run.Code);
        Assert.Equal(
            $"pier: Error response from daemon: {message.Replace("\\\"", "\"")}\n\nRun 'pier run --help' for more information\n",
            run.Error
        );
    }

    [Fact]
    public void Run_pulls_what_is_missing()
    {
        var created = 0;
        using var daemon = new FakeDaemon(
            (line, _) =>
                line.Contains("/images/create") ? FakeDaemon.Json("{\"status\":\"Pulling\"}\n{\"status\":\"done\",\"id\":\"x\"}\n")
                : line.Contains("/containers/create")
                    ? created++ == 0 ? FakeDaemon.Json("""{"message":"No such image: img:latest"}""", 404)
                        : FakeDaemon.Json("""{"Id":"abc"}""", 201)
                : "HTTP/1.1 204 No Content\r\n\r\n"
        );
        var run = CliRun.Of(daemon.Path, "run", "-d", "img");
        Assert.Equal((0, "abc\n", "Unable to find image 'img:latest' locally\nPulling\nx: done\n"), (run.Code, run.Out, run.Error));
    }

    [Fact]
    public void Run_attached_prints_both_streams_and_takes_the_exit_code()
    {
        FakeDaemon? daemon = null;
        using var fake = daemon = new FakeDaemon(
            (line, _) =>
            {
                // The process has ended by the time its start is answered: the client's run ends with the attached connection.
                if (line.Contains("/start"))
                    daemon!.HangUp("/attach");
                return line.Contains("/create") ? FakeDaemon.Json("""{"Id":"abc"}""", 201)
                    : line.Contains("/attach")
                        ? "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n\u0001\0\0\0\0\0\0\u0003hi\n\u0002\0\0\0\0\0\0\u0002e\n\u0001\0\0\0\0\0\0\0"
                    : line.Contains("/wait") ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{\"StatusCode\":42}\r\n0\r\n\r\n"
                    : "HTTP/1.1 204 No Content\r\n\r\n";
            }
        );
        var run = CliRun.Of(daemon.Path, "run", "--rm", "img", "x");
        Assert.Equal((42, "hi\n", "e\n"), (run.Code, run.Out, run.Error));
        Assert.Equal(["create", "attach", "wait", "start"], daemon.Requests.Select(r => r.Line.Split(' ')[1].Split('?')[0].Split('/')[^1]));
    }

    [Theory]
    [InlineData(1, "pier: unknown command: pier nosuch\n\nRun 'pier --help' for more information\n", "nosuch")]
    [InlineData(
        1,
        "pier: unknown command: pier container nosuch\n\nUsage:  pier container\n\nRun 'pier container --help' for more information\n",
        "container",
        "nosuch"
    )]
    [InlineData(
        125,
        "unknown flag: --foo\n\nUsage:  pier run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'pier run --help' for more information\n",
        "run",
        "--foo"
    )]
    [InlineData(
        1,
        "pier: 'pier run' requires at least 1 argument\n\nUsage:  pier run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nSee 'pier run --help' for more information\n",
        "run"
    )]
    [InlineData(
        1,
        "pier: 'pier ps' accepts no arguments\n\nUsage:  pier ps [OPTIONS]\n\nRun 'pier ps --help' for more information\n",
        "ps",
        "x"
    )]
    [InlineData(
        1,
        "pier: 'pier logs' requires 1 argument\n\nUsage:  pier logs [OPTIONS] CONTAINER\n\nRun 'pier logs --help' for more information\n",
        "logs"
    )]
    [InlineData(
        1,
        "Cannot connect to the Pier daemon at unix:///nonexistent/s. Is the pier daemon running?\n",
        "-H",
        "unix:///nonexistent/s",
        "ps"
    )]
    [InlineData(1, "the input device is not a TTY\n", "run", "-it", "img")]
    [InlineData(1, "conflicting options: cannot specify both --attach and --detach\n", "run", "-d", "-a", "stdout", "img")]
    public void Mistakes_end_with_dockers_texts_and_codes(int code, string error, params string[] arguments)
    {
        var run = CliRun.Of(null, arguments);
        Assert.Equal((code, error, ""), (run.Code, run.Error, run.Out));
    }

    [Fact]
    public void Inspect_indents_what_the_daemon_sent_and_tells_what_is_not_there()
    {
        using var daemon = new FakeDaemon(
            (line, _) =>
                line.Contains("/containers/a/")
                    ? FakeDaemon.Json("""{"Id":"x","L":[],"M":{"k":[1,"a:{b"]}}""")
                    : FakeDaemon.Json("""{"message":"no"}""", 404)
        );
        var run = CliRun.Of(daemon.Path, "inspect", "a", "b");
        Assert.Equal(1, run.Code);
        Assert.Equal(
            "[\n    {\n        \"Id\": \"x\",\n        \"L\": [],\n        \"M\": {\n            \"k\": [\n                1,\n                \"a:{b\"\n            ]\n        }\n    }\n]\n",
            run.Out
        );
        Assert.Equal("Error: No such object: b\n", run.Error);
    }
}
