namespace Pier.UnitTests.Cli;

public class StatsTests
{
    const string Answer = """
        {"name":"/web","id":"0123456789abcdef","pids_stats":{"current":7},"blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":1500},{"op":"write","value":20},{"op":"Total","value":9}]},
        "cpu_stats":{"cpu_usage":{"total_usage":300},"system_cpu_usage":2000,"online_cpus":2},"precpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":1000},
        "memory_stats":{"usage":3145728,"limit":10485760,"stats":{"total_inactive_file":1048576,"inactive_file":5}},"networks":{"eth0":{"rx_bytes":1000,"tx_bytes":1},"eth1":{"rx_bytes":500,"tx_bytes":1}}}
        """;

    static FakeDaemon Daemon() =>
        new(
            (line, _) =>
                line.Contains("/stats") ? FakeDaemon.Json(Answer.ReplaceLineEndings(""))
                : line.Contains("/containers/json") ? FakeDaemon.Json("""[{"Id":"0123456789abcdef"}]""")
                : FakeDaemon.Json("""{"message":"No such container: x"}""", 404)
        );

    [Theory]
    [InlineData("stats", "--no-stream")]
    [InlineData("stats", "--no-stream", "web")]
    public void The_table_is_dockers(params string[] arguments)
    {
        using var daemon = Daemon();
        Assert.Equal(
            "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O      BLOCK I/O     PIDS\n"
                + "0123456789ab   web       40.00%    2MiB / 10MiB        20.00%    1.5kB / 2B   1.5kB / 20B   7\n",
            CliRun.Of(daemon.Path, arguments).Out
        );
    }

    [Fact]
    public void Formats_and_whole_ids()
    {
        using var daemon = Daemon();
        Assert.Equal(
            "0123456789abcdef web 7\n",
            CliRun.Of(daemon.Path, "stats", "--no-stream", "--no-trunc", "--format", "{{.ID}} {{.Name}} {{.PIDs}}", "web").Out
        );
    }

    [Fact]
    public void A_name_that_is_wrong_fails_with_the_daemons_words()
    {
        using var daemon = new FakeDaemon((_, _) => FakeDaemon.Json("""{"message":"No such container: x"}""", 404));
        foreach (
            var arguments in (string[][])
                [
                    ["stats", "x"],
                    ["stats", "--no-stream", "x"],
                ]
        )
        {
            var run = CliRun.Of(daemon.Path, arguments);
            Assert.Equal((1, "", "Error response from daemon: No such container: x\n"), (run.Code, run.Out, run.Error));
        }
    }

    [Fact]
    public void Update_sends_what_was_given_and_repeats_names_and_warnings()
    {
        using var daemon = new FakeDaemon((_, _) => FakeDaemon.Json("""{"Warnings":["careful"]}"""));
        var run = CliRun.Of(daemon.Path, "update", "-m", "64m", "--cpus", "0.5", "--restart", "on-failure:3", "web");
        Assert.Equal((0, "web\ncareful\n"), (run.Code, run.Out));
        var (line, body) = daemon.Requests[0];
        Assert.Equal("POST /containers/web/update HTTP/1.1", line);
        Assert.Contains("\"Memory\":67108864", body);
        Assert.Contains("\"NanoCpus\":500000000", body);
        Assert.Contains("\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}", body);
    }

    [Fact]
    public void Update_without_an_option_is_refused() =>
        Assert.Equal(
            (1, "you must provide one or more flags when using this command\n"),
            CliRun.Of(null, "update", "web") is var run ? (run.Code, run.Error) : default
        );
}
