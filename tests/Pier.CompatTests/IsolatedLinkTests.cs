namespace Pier.CompatTests;

/// <summary>A daemon whose default bridge keeps containers apart.</summary>
public sealed class IsolatingDaemon : PierDaemon
{
    public IsolatingDaemon() => MoreArguments = ["--icc=false"];
}

/// <summary>--link under --icc=false, through docker's client.</summary>
public sealed class IsolatedLinkTests(IsolatingDaemon daemon) : IClassFixture<IsolatingDaemon>
{
    /// <summary>What a port answers when it is asked from a container; "" when it does not.</summary>
    async Task<string> Ask(string from, string host, int port) =>
        (
            await new Client("docker", daemon).RunAsync("exec", from, "timeout", "3", "sh", "-c", $"nc -w 2 {host} {port} </dev/null")
        ).Out.Trim();

    /// <summary>As <see cref="Ask"/>, while the server starts.</summary>
    async Task<string> AskPatiently(string from, string host, int port)
    {
        for (var i = 0; ; i++)
            if (await Ask(from, host, port) is var answer && (answer.Length > 0 || i == 20))
                return answer;
    }

    [SkippableFact]
    public async Task A_link_opens_exactly_the_exposed_ports_and_follows_restarts()
    {
        var client = new Client("docker", daemon);
        Skip.If(client.Missing is not null, client.Missing);
        string[] server =
        [
            "busybox",
            "sh",
            "-c",
            "(while true; do echo hidden | nc -l -p 81; done) & while true; do echo pong | nc -l -p 80; done",
        ];
        await new Client("docker", daemon).OkAsync(["run", "-d", "--name", "db", "--expose", "80", .. server]);
        await new Client("docker", daemon).OkAsync(["run", "-d", "--name", "web", "--expose", "80", "--link", "db:store", .. server]);
        await new Client("docker", daemon).OkAsync("run", "-d", "--name", "other", "busybox", "sleep", "600");
        var address = await new Client("docker", daemon).OkAsync("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "db");
        Assert.Equal("pong", await AskPatiently("web", "store", 80));
        Assert.Equal("", await Ask("web", "store", 81));
        Assert.Equal("", await Ask("other", address, 80));
        Assert.Equal(
            "",
            await Ask("db", await new Client("docker", daemon).OkAsync("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "web"), 80)
        );

        // The target comes back with another address, and another container has the old one.
        await new Client("docker", daemon).OkAsync("stop", "-t", "0", "db");
        for (var i = 0; i < 4; i++)
            await new Client("docker", daemon).OkAsync(["run", "-d", .. server]);
        await new Client("docker", daemon).OkAsync("start", "db");
        Assert.Equal("pong", await AskPatiently("web", "store", 80));
        daemon.Crash();
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        Assert.Equal("pong", await AskPatiently("web", "store", 80));
        Assert.Equal(
            "",
            await Ask("other", await new Client("docker", daemon).OkAsync("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "db"), 80)
        );
        Assert.Contains("elements", await LinksAsync());
        await new Client("docker", daemon).OkAsync("rm", "-f", "web");
        Assert.DoesNotContain("elements", await LinksAsync());
    }

    async Task<string> LinksAsync() =>
        (await Commands.RunAsync("nft", "list", "set", "inet", "pier-pt" + Path.GetFileName(daemon.Directory).Split('-')[^1], "links")).Out;
}
