using System.Net;

namespace Pier.CompatTests;

/// <summary>User-defined networks, names and links through docker's client, and through pier's where it says so.</summary>
public sealed class NetworkTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _name = "n" + Guid.NewGuid().ToString("N")[..8];

    Client With(string name) => Client.OrSkip(name, daemon);

    async Task<string> Fails(Client client, params string[] arguments)
    {
        var result = await client.RunAsync(arguments);
        Assert.NotEqual(0, result.Code);
        return result.Error;
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Containers_of_a_network_find_each_other_also_after_a_restart_of_the_daemon(string name)
    {
        var client = With(name);
        await client.OkAsync("network", "create", "--label", "a=b", _name);
        await client.OkAsync(
            "run",
            "-d",
            "--name",
            _name + "w",
            "--network",
            _name,
            "--network-alias",
            "www",
            "busybox",
            "sh",
            "-c",
            "echo hello > /tmp/f; httpd -f -p 80 -h /tmp"
        );
        await client.OkAsync("run", "-d", "--name", _name + "c", "--network", _name, "busybox", "sleep", "600");
        Assert.Equal("hello", await client.OkAsync("exec", _name + "c", "wget", "-qO-", "http://www/f"));
        Assert.Equal("hello", await client.OkAsync("exec", _name + "c", "wget", "-qO-", $"http://{_name}w/f"));
        Assert.Contains("nameserver 127.0.0.11", await client.OkAsync("exec", _name + "c", "cat", "/etc/resolv.conf"));
        Assert.Equal("2", await client.OkAsync("network", "inspect", "-f", "{{len .Containers}}", _name));

        await daemon.RestartAsync();
        Assert.Equal("hello", await client.OkAsync("exec", _name + "c", "wget", "-qO-", "http://www/f"));
        await client.OkAsync("rename", _name + "w", _name + "site");
        Assert.Equal("hello", await client.OkAsync("exec", _name + "c", "wget", "-qO-", $"http://{_name}site/f"));
        Assert.Equal(1, (await client.RunAsync("exec", _name + "c", "nslookup", _name + "w")).Code);

        var inUse = await Fails(client, "network", "rm", _name);
        Assert.Contains($"network {_name} has active endpoints", inUse);
        Assert.Contains($"name:\"{_name}site\"", inUse);
        await client.OkAsync("rm", "-f", _name + "site", _name + "c");
        Assert.Contains(_name, await client.OkAsync("network", "prune", "-f", "--filter", "label=a=b"));
        Assert.DoesNotContain(_name, await client.OkAsync("network", "ls"));
    }

    [SkippableFact]
    public async Task A_container_joins_and_leaves_while_it_runs()
    {
        var client = With("docker");
        var subnet = $"10.{200 + Random.Shared.Next(50)}.{Random.Shared.Next(256)}";
        await client.OkAsync(
            "network",
            "create",
            "--subnet",
            subnet + ".0/24",
            "--ip-range",
            subnet + ".128/25",
            "--gateway",
            subnet + ".254",
            _name
        );
        var id = await client.OkAsync("run", "-d", "--name", _name + "c", "busybox", "sleep", "600");
        Assert.DoesNotContain("127.0.0.11", await client.OkAsync("exec", id, "cat", "/etc/resolv.conf"));
        await client.OkAsync("network", "connect", "--ip", subnet + ".7", "--alias", "me", _name, id);
        Assert.Contains($"inet {subnet}.7/24", await client.OkAsync("exec", id, "ip", "addr", "show", "eth1"));
        Assert.Contains(subnet + ".7", await client.OkAsync("exec", id, "nslookup", "me"));
        Assert.Contains(subnet + ".7\t", await client.OkAsync("exec", id, "cat", "/etc/hosts"));
        Assert.Equal(
            $"{subnet}.7 [me]",
            await client.OkAsync(
                "inspect",
                "-f",
                $"{{{{with index .NetworkSettings.Networks \"{_name}\"}}}}{{{{.IPAddress}}}} {{{{.Aliases}}}}{{{{end}}}}",
                id
            )
        );
        Assert.Contains("already exists in network", await Fails(client, "network", "connect", _name, id));
        await client.OkAsync("network", "disconnect", _name, id);
        Assert.NotEqual(0, (await client.RunAsync("exec", id, "ip", "addr", "show", "eth1")).Code);
        Assert.DoesNotContain(subnet, await client.OkAsync("exec", id, "cat", "/etc/hosts"));
        Assert.Contains("is not connected to", await Fails(client, "network", "disconnect", _name, id));

        // The client asks by the whole second: this one has to be over.
        await Task.Delay(1100);
        var events = await client.OkAsync(
            "events",
            "--since",
            "5m",
            "--until",
            "0s",
            "--filter",
            $"network={_name}",
            "--format",
            "{{.Action}}"
        );
        Assert.Equal(["create", "connect", "disconnect"], events.Split('\n'));
        await client.OkAsync("rm", "-f", id);
        await client.OkAsync("network", "rm", _name);
    }

    [SkippableFact]
    public async Task What_cannot_be_is_refused_in_dockers_words()
    {
        var client = With("docker");
        Assert.Contains("operation is not permitted on predefined bridge network", await Fails(client, "network", "create", "bridge"));
        Assert.Contains("bridge is a pre-defined network and cannot be removed", await Fails(client, "network", "rm", "bridge"));
        Assert.Contains($"network {_name} not found", await Fails(client, "run", "--rm", "--network", _name, "busybox", "true"));
        await client.OkAsync("network", "create", "--internal", _name);
        Assert.Contains($"network with name {_name} already exists", await Fails(client, "network", "create", _name));
        Assert.Contains(
            "user specified IP address is supported only when connecting to networks with user configured subnets",
            await Fails(client, "run", "--rm", "--network", _name, "--ip", "172.30.0.9", "busybox", "true")
        );
        Assert.Contains(
            "network-scoped aliases are only supported for user-defined networks",
            await Fails(client, "run", "--rm", "--network-alias", "x", "busybox", "true")
        );
        var range = await client.OkAsync("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", _name);
        Assert.Contains(
            "Pool overlaps with other one on this address space",
            await Fails(client, "network", "create", "--subnet", range, _name + "2")
        );
        Assert.Contains(
            "bridge driver doesn't support multiple subnets",
            await Fails(client, "network", "create", "--subnet", "10.253.1.0/24", "--subnet", "10.253.2.0/24", _name + "2")
        );
        Assert.DoesNotContain("default", await client.OkAsync("run", "--rm", "--network", _name, "busybox", "ip", "route"));
        Assert.DoesNotContain(_name, await client.OkAsync("ps", "-aq"));
        await client.OkAsync("network", "rm", _name);
    }

    [SkippableFact]
    public async Task A_link_gives_names_and_variables_and_follows_restarts_of_its_target()
    {
        var client = With("docker");
        await client.OkAsync(
            "run",
            "-d",
            "--name",
            _name + "db",
            "--expose",
            "6379",
            "-e",
            "SECRET=7",
            "busybox",
            "sh",
            "-c",
            "while true; do echo pong | nc -l -p 6379; done"
        );
        await client.OkAsync("run", "-d", "--name", _name + "web", "--link", _name + "db:redis", "busybox", "sleep", "600");
        var environment = await client.OkAsync("exec", _name + "web", "env");
        Assert.Matches(@"(?m)^REDIS_PORT_6379_TCP=tcp://10\.[0-9.]+:6379$", environment);
        Assert.Contains($"REDIS_NAME=/{_name}web/redis", environment);
        Assert.Contains("REDIS_ENV_SECRET=7", environment);
        Assert.Equal("pong", await client.OkAsync("exec", _name + "web", "sh", "-c", "nc redis 6379 </dev/null"));
        Assert.Equal($"[/{_name}db:/{_name}web/redis]", await client.OkAsync("inspect", "-f", "{{.HostConfig.Links}}", _name + "web"));

        // Another takes its address: the link must follow to the new one.
        await client.OkAsync("stop", "-t", "0", _name + "db");
        await client.OkAsync("run", "-d", "--name", _name + "x", "busybox", "sleep", "600");
        await client.OkAsync("start", _name + "db");
        Assert.Equal("pong", await client.OkAsync("exec", _name + "web", "sh", "-c", "nc redis 6379 </dev/null"));
        await client.OkAsync("stop", "-t", "0", _name + "db");
        Assert.Contains(
            "Cannot link to a non running container",
            await Fails(client, "run", "--rm", "--link", _name + "db", "busybox", "true")
        );
        await client.OkAsync("rm", "-f", _name + "db", _name + "web", _name + "x");
    }

    // docs/ambassador.md, as the introductions of 2014 show it.
    [SkippableFact]
    public async Task An_ambassador_stands_between_a_client_and_a_server()
    {
        var client = With("docker");
        await client.OkAsync(
            "run",
            "-d",
            "--name",
            _name + "redis",
            "--expose",
            "6379",
            "busybox",
            "sh",
            "-c",
            "while true; do echo pong | nc -l -p 6379; done"
        );
        await client.OkAsync(
            "run",
            "-d",
            "--name",
            _name + "amb",
            "--link",
            _name + "redis:redis",
            "--expose",
            "6379",
            "busybox",
            "sh",
            "-c",
            "echo \"nc $REDIS_PORT_6379_TCP_ADDR $REDIS_PORT_6379_TCP_PORT\" > /tmp/relay; chmod +x /tmp/relay; while true; do nc -l -p 6379 -e sh /tmp/relay; done"
        );
        var answer = "";
        for (var i = 0; i < 20 && answer != "pong"; i++)
            answer = (
                await client.RunAsync("run", "--rm", "--link", _name + "amb:redis", "busybox", "sh", "-c", "nc redis 6379 </dev/null")
            ).Out.Trim();
        Assert.Equal("pong", answer);
        await client.OkAsync("rm", "-f", _name + "redis", _name + "amb");
    }

    [SkippableFact]
    public async Task A_two_tier_application_of_real_servers_runs_over_a_network()
    {
        var client = With("docker");
        await DebianImage.ImportAsync(client, "redis:debian", "redis-server", "redis-tools");
        var port = FreePorts.Loopback();
        await client.OkAsync("network", "create", _name);
        await client.OkAsync("network", "create", "--internal", _name + "back");
        await client.OkAsync(
            "run",
            "-d",
            "--name",
            _name + "db",
            "--network",
            _name + "back",
            "--network-alias",
            "store",
            "redis:debian",
            "redis-server",
            "--protected-mode",
            "no",
            "--save",
            "",
            "--bind",
            "0.0.0.0"
        );
        await client.OkAsync(
            "create",
            "--name",
            _name + "web",
            "--network",
            _name,
            "-p",
            $"127.0.0.1:{port}:80",
            "busybox",
            "sh",
            "-c",
            "printf '#!/bin/sh\\nprintf \"Content-Type: text/plain\\\\r\\\\n\\\\r\\\\n\"; printf \"INCR hits\\\\r\\\\nQUIT\\\\r\\\\n\" | nc store 6379\\n' > /tmp/hit; mkdir -p /tmp/www/cgi-bin; mv /tmp/hit /tmp/www/cgi-bin/hit; chmod +x /tmp/www/cgi-bin/hit; httpd -f -p 80 -h /tmp/www"
        );
        await client.OkAsync("network", "connect", _name + "back", _name + "web");
        await client.OkAsync("start", _name + "web");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var body = "";
        for (var i = 0; i < 50 && !body.Contains(':'); i++)
        {
            try
            {
                body = await http.GetStringAsync($"http://127.0.0.1:{port}/cgi-bin/hit");
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        Assert.StartsWith(":", body);
        // The back network has no default route (destination 00000000).
        Assert.DoesNotContain(
            "\t00000000\t",
            (await client.OkAsync("exec", _name + "db", "cat", "/proc/net/route"))
                .Split('\n')
                .Skip(1)
                .Select(l => l[..(l.IndexOf('\t') + 10)])
        );
        await client.OkAsync("rm", "-f", _name + "db", _name + "web");
        await client.OkAsync("network", "rm", _name, _name + "back");
    }

    [SkippableFact]
    public async Task Compose_brings_an_application_up_and_down_leaving_nothing()
    {
        Skip.IfNot(File.Exists("/usr/bin/docker-compose"), "docker-compose (Debian package) is not installed");
        var client = With("docker");
        var port = FreePorts.Loopback();
        var file = Path.Combine(daemon.Directory, "docker-compose.yml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            version: "3.7"
            services:
              db:
                image: busybox
                command: ["sh", "-c", "echo rows > /data/rows; httpd -f -p 8000 -h /data"]
                volumes: ["store:/data"]
                networks:
                  back:
                    aliases: [database]
              web:
                image: busybox
                command: ["sh", "-c", "until wget -qO /tmp/f http://database:8000/rows; do sleep 0.1; done; httpd -f -p 80 -h /tmp"]
                depends_on: [db]
                ports: ["127.0.0.1:{{port}}:80"]
                networks: [front, back]
            networks:
              front:
              back: {internal: true}
            volumes:
              store:
            """
        );
        async Task Compose(params string[] arguments)
        {
            var start = new System.Diagnostics.ProcessStartInfo("/usr/bin/docker-compose", ["-p", _name, "-f", file, .. arguments]);
            start.Environment["DOCKER_HOST"] = daemon.Host;
            var result = await Commands.RunAsync(start, null);
            Assert.True(result.Code == 0, $"docker-compose {string.Join(' ', arguments)}: {result.Error}");
        }

        await Compose("up", "-d");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var body = "";
        for (var i = 0; i < 100 && body.Length == 0; i++)
        {
            try
            {
                body = await http.GetStringAsync($"http://127.0.0.1:{port}/f");
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        Assert.Equal("rows\n", body);
        await Compose("down", "-v", "-t", "0");
        foreach (
            var list in (string[][])
                [
                    ["ps", "-aq", "--filter", $"name={_name}"],
                    ["network", "ls", "-q", "--filter", $"name={_name}"],
                    ["volume", "ls", "-q", "--filter", $"name={_name}"],
                ]
        )
            Assert.Equal("", await client.OkAsync(list));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_device_has_the_name_and_the_settings_that_were_asked(string name)
    {
        var client = Client.OrSkip(name, daemon);
        await client.OkAsync("network", "create", _name);
        const string Place = ",driver-opt=com.docker.network.endpoint.",
            Setting = "/proc/sys/net/ipv4/conf/lan0/log_martians";
        await client.OkAsync(
            "run",
            "-d",
            "--name",
            _name,
            "--network",
            $"name={_name}{Place}ifname=lan0{Place}sysctls=net.ipv4.conf.IFNAME.log_martians=1",
            "busybox",
            "sleep",
            "1000"
        );
        Assert.Equal("1", await client.OkAsync("exec", _name, "cat", Setting));
        await client.OkAsync("restart", "-t", "0", _name);
        Assert.Equal("1", await client.OkAsync("exec", _name, "cat", Setting));
        Assert.Contains(
            "unrecognised network interface sysctl 'net.ipv4.conf.eth0.x=1'",
            await Fails(client, "run", "--rm", "--network", $"name={_name}{Place}sysctls=net.ipv4.conf.eth0.x=1", "busybox", "true")
        );
        await client.OkAsync("rm", "-f", _name);
        await client.OkAsync("network", "rm", _name);
    }
}
