using System.Globalization;
using System.Text.Json.Nodes;

namespace Pier.CompatTests;

/// <summary>
/// The daemon is killed (SIGKILL) at random moments while networks and containers with ports come and go. Its successor leaves nothing half
/// made: what the API tells, the host has, and nothing else. PIER_KILLS gives the number of kills, PIER_SEED the first seed.
/// </summary>
public sealed class NetworkFaultTests(PierDaemon daemon, Xunit.Abstractions.ITestOutputHelper output) : IClassFixture<PierDaemon>
{
    const int Workers = 3,
        FirstPort = 21_000;

    static int Number(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : standard;

    [SkippableFact]
    public async Task A_killed_daemon_leaves_no_half_made_network()
    {
        Skip.IfNot(File.Exists("/usr/sbin/nft"), "nft (Debian package nftables) is not installed");
        var kills = Number("PIER_KILLS", 5);
        var seed = Number("PIER_SEED", Environment.TickCount & 0xffff);
        for (var round = 0; round < kills; round++)
        {
            output.WriteLine($"PIER_SEED={seed + round}");
            await Round(new Random(seed + round));
        }

        using var wire = new Wire(daemon.Socket);
        foreach (var container in (await List(wire, "/containers/json?all=1")))
            await wire.DeleteAsync($"/containers/{container["Id"]}?force=1");
        foreach (var network in await Networks(wire))
            Assert.Equal(204, (await wire.DeleteAsync($"/networks/{network["Id"]}")).Status);
        await Agree(wire);
    }

    async Task Round(Random random)
    {
        using (var wire = new Wire(daemon.Socket))
        {
            var seeds = Enumerable.Range(0, Workers).Select(_ => random.Next()).ToArray();
            var work = seeds.Select((s, i) => Task.Run(() => Work(wire, i, new Random(s)))).ToArray();
            await Task.Delay(random.Next(50, 1500));
            daemon.Crash();
            await Task.WhenAll(work);
        }

        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        using var after = new Wire(daemon.Socket);
        await Agree(after);
        await Use(after);
    }

    /// <summary>One client's life with names of its own, until the daemon is gone.</summary>
    static async Task Work(Wire wire, int worker, Random random)
    {
        try
        {
            while (true)
            {
                var (network, container) = ($"net{worker}-{random.Next(3)}", $"box{worker}-{random.Next(3)}");
                var answer = random.Next(9) switch
                {
                    0 or 1 => await wire.PostAsync(
                        "/networks/create",
                        $$"""{"Name": "{{network}}", "EnableIPv6": {{(random.Next(2) == 0 ? "true" : "false")}}}"""
                    ),
                    2 => await wire.DeleteAsync($"/networks/{network}"),
                    3 => await wire.PostAsync(
                        $"/containers/create?name={container}",
                        $$$"""
                        {"Image": "busybox", "Cmd": ["sleep", "1000"], "ExposedPorts": {"80/tcp": {}},
                         "HostConfig": {"NetworkMode": "{{{(
                            random.Next(2) == 0 ? "bridge" : network
                        )}}}", "PortBindings": {"80/tcp": [{"HostPort": "{{{FirstPort + worker}}}"}], "81/udp": [{}]} } }
                        """
                    ),
                    4 => await wire.PostAsync($"/containers/{container}/start"),
                    5 => await wire.PostAsync($"/containers/{container}/kill"),
                    6 => await wire.DeleteAsync($"/containers/{container}?force=1"),
                    7 => await wire.PostAsync($"/networks/{network}/connect", $$"""{"Container": "{{container}}"}"""),
                    _ => await wire.PostAsync($"/networks/{network}/disconnect", $$"""{"Container": "{{container}}"}"""),
                };
                // Refusals are many, since nobody asks what is there. A port or pool that is taken is a 500 in Docker.
                Assert.True(
                    answer.Status < 500
                        || answer.Message.Contains("port is already allocated")
                        || answer.Message.Contains("address already in use"),
                    answer.Text
                );
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The daemon is gone.
        }
    }

    static async Task<List<JsonNode>> List(Wire wire, string path) =>
        [.. ((JsonArray)(await wire.GetAsync(path)).Json!).OfType<JsonNode>()];

    static async Task<List<JsonNode>> Networks(Wire wire) =>
        [.. (await List(wire, "/networks")).Where(n => n["Name"]!.GetValue<string>().StartsWith("net", StringComparison.Ordinal))];

    /// <summary>Waits until API and host agree (the kernel takes namespaces apart in its own time).</summary>
    async Task Agree(Wire wire)
    {
        for (var i = 0; ; i++)
        {
            var (told, there) = (await Told(wire), await There());
            if (told == there)
                return;
            if (i == 100)
            {
                output.WriteLine(daemon.Log);
                foreach (var container in await List(wire, "/containers/json"))
                    output.WriteLine(container.ToJsonString());
                output.WriteLine((await Commands.RunAsync("ip", "-br", "link")).Out);
                Assert.Equal(told, there);
            }
            await Task.Delay(100);
        }
    }

    string Bridge => "pt" + Path.GetFileName(daemon.Directory).Split('-')[^1];

    /// <summary>What the API says, in the words of <see cref="There"/>.</summary>
    async Task<string> Told(Wire wire)
    {
        List<string> devices = ["bridge " + Bridge],
            elements = [];
        foreach (var network in await Networks(wire))
            devices.Add("bridge br-" + network["Id"]!.GetValue<string>()[..12]);
        var endpoints = 0;
        foreach (var container in await List(wire, "/containers/json"))
        {
            var networks = container["NetworkSettings"]!["Networks"]!.AsObject().Count;
            endpoints += networks;
            // Who has left all networks keeps its ports for the next one: until then they lead nowhere.
            if (networks == 0)
                continue;
            elements.AddRange(
                container["Ports"]!
                    .AsArray()
                    .Where(p => p!["PublicPort"] is not null && p["IP"]!.GetValue<string>() == "0.0.0.0")
                    .Select(p => $"{p!["Type"]} {p["PublicPort"]}")
            );
        }

        return string.Join(
            '\n',
            [.. devices.Order(StringComparer.Ordinal), .. elements.Order(StringComparer.Ordinal), $"{endpoints} endpoints"]
        );
    }

    async Task<string> There()
    {
        var links = (JsonArray)JsonNode.Parse((await Commands.RunAsync("ip", "-d", "-j", "link")).Out)!;
        var bridges = links
            .Where(l => l!["ifalias"]?.GetValue<string>() == "pier-" + Bridge)
            .Select(l => l!["ifname"]!.GetValue<string>())
            .ToHashSet();
        var endpoints = links.Count(l => l!["master"] is { } master && bridges.Contains(master.GetValue<string>()));
        var rules = (JsonArray)
            JsonNode.Parse((await Commands.RunAsync("nft", "-j", "-n", "list", "table", "inet", "pier-" + Bridge)).Out)!["nftables"]!;
        var known = rules.Select(r => r!["set"]).First(s => s?["name"]?.GetValue<string>() == "bridges")!["elem"]!
            .AsArray()
            .Select(e => e!.GetValue<string>())
            .ToHashSet();
        Assert.True(bridges.SetEquals(known), $"devices {string.Join(' ', bridges)}, in the firewall {string.Join(' ', known)}");
        var published =
            rules.Select(r => r!["map"]).First(s => s?["name"]?.GetValue<string>() == "published_any")!["elem"]?.AsArray() ?? [];
        var elements = published.Select(e => e![0]!["concat"]!).Select(k => $"{(k[0]!.ToString() is "6" or "tcp" ? "tcp" : "udp")} {k[1]}");
        return string.Join(
            '\n',
            [
                .. bridges.Select(b => "bridge " + b).Order(StringComparer.Ordinal),
                .. elements.Order(StringComparer.Ordinal),
                $"{endpoints} endpoints",
            ]
        );
    }

    /// <summary>Everything works again: every running container has a way out, and every network takes a new one.</summary>
    async Task Use(Wire wire)
    {
        var client = new Client("pier", daemon);
        foreach (var container in await List(wire, "/containers/json"))
        {
            var id = container["Id"]!.GetValue<string>();
            var networks = container["NetworkSettings"]!["Networks"]!.AsObject();
            var routes = (await client.RunAsync("exec", id, "ip", "route")).Out;
            Assert.Equal(networks.Count > 0, routes.Contains("default via"));
            foreach (var (name, endpoint) in networks)
            {
                var address = endpoint!["IPAddress"]!.GetValue<string>();
                Assert.Contains($"src {address}", routes);
                Assert.Contains(address + "\t", (await client.RunAsync("exec", id, "cat", "/etc/hosts")).Out);
                Assert.Equal(0, (await client.RunAsync("exec", id, "ping", "-c1", "-W5", endpoint["Gateway"]!.GetValue<string>())).Code);
            }

            // No device without an endpoint (lo is one).
            Assert.Equal(
                networks.Count + 1,
                (await client.RunAsync("exec", id, "ip", "-o", "link")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length
            );
        }

        foreach (var network in await Networks(wire))
        {
            var ping = await client.RunAsync(
                "run",
                "--rm",
                "--network",
                network["Name"]!.GetValue<string>(),
                "busybox",
                "sh",
                "-c",
                "ping -c1 -W5 $(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p')"
            );
            Assert.True(ping.Code == 0, ping.Out + ping.Error);
        }
    }
}
