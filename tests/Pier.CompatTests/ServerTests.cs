using System.Globalization;

namespace Pier.CompatTests;

/// <summary>Real servers from Debian packages, as people run them.</summary>
public sealed class ServerTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _name = "s" + Guid.NewGuid().ToString("N")[..8];
    readonly Client _docker = new("docker", daemon);

    /// <summary>Until a command in a container works: servers take a moment.</summary>
    async Task Until(string container, params string[] command)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await _docker.RunAsync(["exec", container, .. command]);
            if (result.Code == 0)
                return;
            Assert.True(
                attempt < 150,
                $"{string.Join(' ', command)}: {result.Out}{result.Error}\n{(await _docker.RunAsync("logs", container)).Error}"
            );
            await Task.Delay(100);
        }
    }

    [SkippableFact]
    public async Task Nginx_serves_a_bound_directory_on_a_published_port()
    {
        Skip.If(_docker.Missing is not null, _docker.Missing);
        await DebianImage.ImportAsync(_docker, "nginx", "nginx-light");
        var pages = Directory.CreateDirectory(Path.Combine(daemon.Directory, _name)).FullName;
        await File.WriteAllTextAsync(pages + "/index.html", "served by nginx\n");
        var site = Path.Combine(daemon.Directory, _name + ".conf");
        await File.WriteAllTextAsync(site, "server { listen 80; root /pages; }\n");
        var id = await _docker.OkAsync(
            "run",
            "-d",
            "-p",
            "127.0.0.1::80",
            "-v",
            $"{pages}:/pages:ro",
            "-v",
            $"{site}:/etc/nginx/conf.d/site.conf:ro",
            "nginx",
            "nginx",
            "-g",
            "daemon off;"
        );
        var port = (await _docker.OkAsync("port", id, "80/tcp")).Split(':')[1];
        await Until(id, "test", "-s", "/run/nginx.pid");
        using var http = new HttpClient();
        Assert.Equal("served by nginx\n", await http.GetStringAsync($"http://127.0.0.1:{port}/"));
        // A graceful stop: nginx's own exit status, not 137.
        await _docker.OkAsync("stop", "-t", "20", id);
        Assert.Equal("0", await _docker.OkAsync("inspect", "-f", "{{.State.ExitCode}}", id));
        await _docker.OkAsync("rm", id);
    }

    [SkippableFact]
    public async Task Redis_is_reached_from_another_container()
    {
        Skip.If(_docker.Missing is not null, _docker.Missing);
        await DebianImage.ImportAsync(_docker, "redis", "redis-server", "redis-tools");
        await _docker.OkAsync(
            "run",
            "-d",
            "--name",
            _name,
            "-v",
            _name + ":/var/lib/redis",
            "redis",
            "redis-server",
            "--bind",
            "0.0.0.0",
            "--protected-mode",
            "no",
            "--dir",
            "/var/lib/redis"
        );
        await Until(_name, "redis-cli", "ping");
        var address = await _docker.OkAsync("inspect", "-f", "{{.NetworkSettings.IPAddress}}", _name);
        Assert.Equal("OK", await _docker.OkAsync("run", "--rm", "redis", "redis-cli", "-h", address, "set", "key", "value"));
        Assert.Equal("value", await _docker.OkAsync("run", "--rm", "redis", "redis-cli", "-h", address, "get", "key"));
        // What redis saves as it ends is there when it starts again.
        await _docker.OkAsync("restart", "-t", "20", _name);
        await Until(_name, "redis-cli", "ping");
        Assert.Equal("value", await _docker.OkAsync("exec", _name, "redis-cli", "get", "key"));
        await _docker.OkAsync("rm", "-f", "-v", _name);
        await _docker.OkAsync("volume", "rm", _name);
    }

    [SkippableFact]
    public async Task Postgres_keeps_its_data_in_a_volume()
    {
        Skip.If(_docker.Missing is not null, _docker.Missing);
        await DebianImage.ImportAsync(_docker, "postgres", "postgresql-15", "libc-bin");
        const string Bin = "/usr/lib/postgresql/15/bin";
        string[] server =
        [
            "-v",
            _name + ":/data",
            "-u",
            "33:33",
            "--tmpfs",
            "/var/run/postgresql:mode=1777",
            "-e",
            "LC_ALL=C.UTF-8",
            "postgres",
        ];
        await _docker.OkAsync("run", "--rm", "-v", _name + ":/data", "postgres", "chown", "33:33", "/data");
        await _docker.OkAsync(["run", "--rm", .. server, Bin + "/initdb", "-D", "/data/pg", "-A", "trust", "-U", "postgres"]);
        var rows = "";
        for (var life = 1; life <= 2; life++)
        {
            await _docker.OkAsync(["run", "-d", "--name", _name, .. server, Bin + "/postgres", "-D", "/data/pg"]);
            await Until(_name, Bin + "/pg_isready", "-U", "postgres");
            await _docker.OkAsync(
                "exec",
                _name,
                Bin + "/psql",
                "-U",
                "postgres",
                "-c",
                "create table if not exists lives (n int); insert into lives select count(*) + 1 from lives"
            );
            rows = await _docker.OkAsync("exec", _name, Bin + "/psql", "-U", "postgres", "-At", "-c", "select max(n) from lives");
            Assert.Equal(life.ToString(CultureInfo.InvariantCulture), rows);
            await _docker.OkAsync("stop", "-t", "30", "-s", "INT", _name);
            await _docker.OkAsync("rm", _name);
        }
        await _docker.OkAsync("volume", "rm", _name);
    }
}
