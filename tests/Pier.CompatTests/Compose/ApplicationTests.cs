using System.Text.Json.Nodes;
using Pier.CompatTests.Builds;

namespace Pier.CompatTests.Compose;

/// <summary>An application of several services, as people keep it in a compose file: up, changed, restarted under, down.</summary>
public sealed class ApplicationTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    const string File = """
        services:
          store:
            image: redis:compose
            command: redis-server --bind 0.0.0.0 --protected-mode no --dir /data
            volumes: ["data:/data", {type: tmpfs, target: /scratch, tmpfs: {size: 1m}}]
            networks: {back: {aliases: [database]}}
            healthcheck: {test: [CMD, redis-cli, ping], interval: 300ms, retries: 50, start_period: 5s, start_interval: 100ms}
            init: true
            cap_drop: [ALL]
            security_opt: ["no-new-privileges:true"]
            read_only: true
            ulimits: {nofile: {soft: 512, hard: 1024}}
            sysctls: {net.core.somaxconn: 512}
            deploy: {resources: {limits: {memory: 64M, cpus: "0.9", pids: 50}}}
            logging: {driver: json-file, options: {max-size: 1m}}
            stop_grace_period: 1s
          fill:
            image: redis:compose
            command: sh -c 'redis-cli -h database set title "$$(cat /run/secrets/title) $$(cat /etc/note /made)"'
            secrets: [title, {source: made, target: /made}]
            configs: [{source: note, target: /etc/note}]
            networks: [back]
            depends_on: {store: {condition: service_healthy}}
          web:
            build:
              context: site
              dockerfile_inline: |
                FROM nginx:compose
                ARG WHO
                RUN --mount=type=secret,id=title mkdir /pages; echo "built for $$WHO, $$(cat /run/secrets/title)" >/pages/index.html
                COPY --from=more page /pages/more
                COPY site.conf /etc/nginx/conf.d/site.conf
                CMD ["nginx", "-g", "daemon off;"]
              args: {WHO: compose}
              secrets: [title]
              labels: {one: "1", two: "2", three: "3", four: "4"}
              additional_contexts: {more: ./more}
            networks: {front: {priority: 10}, back: {}}
            ports: ["127.0.0.1::80"]
            expose: ["9000"]
            environment: {GREETING: "${GREETING:-hello}"}
            depends_on: {store: {condition: service_healthy, restart: true}, fill: {condition: service_completed_successfully}}
            healthcheck: {test: "test -s /run/nginx.pid", interval: 300ms, start_period: 5s, start_interval: 100ms}
            restart: unless-stopped
            extra_hosts: ["far:10.1.2.3"]
            stop_signal: SIGTERM
            stop_grace_period: 1s
          worker:
            extends: {file: base.yaml, service: sleeper}
            scale: 2
            networks: {inside: {link_local_ips: [169.254.8.9]}}
          tool: {image: busybox, profiles: [tools], network_mode: none, command: echo the tool ran}
        include: [more.yaml]
        configs: {note: {content: "note of ${COMPOSE_PROJECT_NAME}"}}
        secrets: {title: {file: title.txt}, made: {environment: HOME}}
        networks: {front: {enable_ipv6: false}, back: {labels: {a: b}}, inside: {internal: true}}
        volumes: {data: {labels: {a: b}}}
        """;

    readonly Client _client = new("pier", daemon);

    async Task<ComposeProject> ProjectAsync()
    {
        // Before the images are made: without its client the test is skipped.
        Newer.Path("docker-compose");
        await DebianImage.ImportAsync(_client, "nginx:compose", "nginx-light");
        await DebianImage.ImportAsync(_client, "redis:compose", "redis-server", "redis-tools");
        var project = new ComposeProject(daemon, "shop", File);
        project
            .Folder.Add("base.yaml", "services: {sleeper: {image: busybox, command: sleep 1000, stop_grace_period: 0s}}\n")
            .Add("more.yaml", "services: {beside: {image: busybox, command: sleep 1000, network_mode: none, stop_grace_period: 0s}}\n")
            .Add("title.txt", "secret")
            .Add("site/site.conf", "server { listen 80; root /pages; }\n")
            .Add("more/page", "more\n");
        return project;
    }

    [SkippableFact]
    public async Task It_comes_up_stays_as_it_is_changes_and_leaves_nothing()
    {
        await using var project = await ProjectAsync();
        await project.DoesAsync("up", "-d", "--build", "--wait");
        await ServesAsync(project, "built for compose, secret\n");
        await project.SaysAsync("store", $"secret note of shop{Environment.GetEnvironmentVariable("HOME")}\n", "redis-cli", "get", "title");
        Assert.Equal("hello\n", (await project.RunAsync("exec", "-T", "web", "sh", "-c", "echo $GREETING")).Out);

        Assert.Contains("169.254.8.9/16", (await project.RunAsync("exec", "-T", "worker", "ip", "addr")).Out);

        // Nothing has changed, and what was built again is the same: only what has ended runs again.
        var before = await LastingAsync(project);
        await project.DoesAsync("up", "-d");
        await project.DoesAsync("up", "-d", "--build");
        Assert.Equal(before, await LastingAsync(project));

        // One that changed is made anew, alone.
        project.Folder.Add(".env", "GREETING=changed\n");
        await project.DoesAsync("up", "-d", "--wait");
        Assert.Equal("changed\n", (await project.RunAsync("exec", "-T", "web", "sh", "-c", "echo $GREETING")).Out);
        var after = await LastingAsync(project);
        Assert.Equal(["/shop-web-1"], before.Except(after).Select(l => l.Split(' ')[0]));

        await project.DoesAsync("up", "-d", "--scale", "worker=3");
        Assert.Equal("3", (await project.RunAsync("exec", "-T", "--index", "3", "worker", "sh", "-c", "echo 3")).Out.Trim());
        await project.DoesAsync("up", "-d", "--force-recreate", "--no-deps", "-t", "0", "worker");
        Assert.Equal(2, (await project.DoesAsync("ps", "-q", "worker")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        // What is in the file no more is an orphan.
        project.Folder.Add("compose.yaml", File.Replace("include: [more.yaml]", "", StringComparison.Ordinal));
        Assert.Contains("Found orphan containers ([shop-beside-1])", await project.DoesAsync("up", "-d"));
        await project.DoesAsync("up", "-d", "--remove-orphans");
        Assert.DoesNotContain("beside", await project.ContainersAsync());

        await project.DoesAsync("down", "-v", "--rmi", "local");
        Assert.Equal("", await _client.OkAsync("ps", "-aq"));
        Assert.Equal("", await _client.OkAsync("volume", "ls", "-q"));
        Assert.Equal("bridge\nhost\nnone", await _client.OkAsync("network", "ls", "--format", "{{.Name}}"));
        Assert.DoesNotContain("shop", await _client.OkAsync("images"));
        Leftovers.None(daemon);
    }

    [SkippableFact]
    public async Task Its_commands_and_a_daemon_that_goes_and_comes()
    {
        await using var project = await ProjectAsync();
        await project.DoesAsync("build");
        await project.DoesAsync("create");
        await project.DoesAsync("up", "-d", "--wait", "--no-build");

        var rows = (await project.RunAsync("ps", "-a", "--format", "json"))
            .Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonNode.Parse(l)!)
            .ToDictionary(r => (string)r["Name"]!);
        Assert.Equal(("exited", 0), ((string)rows["shop-fill-1"]["State"]!, (int)rows["shop-fill-1"]["ExitCode"]!));
        Assert.Equal("healthy", (string)rows["shop-web-1"]["Health"]!);
        var ports = rows["shop-web-1"]["Publishers"]!.AsArray();
        Assert.Equal([80, 9000], ports.Select(p => (int)p!["TargetPort"]!).Order());
        Assert.Equal((await project.DoesAsync("port", "web", "80")).Trim(), $"127.0.0.1:{ports.Max(p => (int)p!["PublishedPort"]!)}");

        Assert.Contains("nginx: worker", await project.DoesAsync("top", "web"));
        Assert.Contains("Ready to accept connections", await project.DoesAsync("logs", "store"));
        Assert.Contains("shop-web", await project.DoesAsync("images"));
        Assert.Contains("running(5)", await project.DoesAsync("ls"));
        Assert.Contains("shop-store-1", await project.DoesAsync("stats", "--no-stream"));
        Assert.Equal("the tool ran\n", (await project.RunAsync("run", "--rm", "-T", "tool")).Out);
        Assert.Equal(
            "secret note",
            (await project.RunAsync("run", "--rm", "-T", "fill", "redis-cli", "-h", "store", "get", "title")).Out[..11]
        );
        Assert.Equal(9, (await project.RunAsync("exec", "-T", "web", "sh", "-c", "exit 9")).Code);
        await project.DoesAsync("pause", "beside");
        Assert.Contains("(Paused)", await project.DoesAsync("ps", "beside"));
        await project.DoesAsync("unpause", "beside");
        project.Folder.Add("given", "given\n");
        await project.DoesAsync("cp", "given", "worker:/given");
        await project.DoesAsync("cp", "--index", "2", "worker:/given", "taken");
        Assert.Equal("given\n", System.IO.File.ReadAllText(Path.Combine(project.Folder.Path, "taken")));
        await project.DoesAsync("kill", "beside");
        await project.DoesAsync("rm", "-f", "beside");
        // The one that depends on it and says so is restarted too.
        var web = await StartedAsync(project, "web");
        await project.DoesAsync("restart", "store");
        Assert.NotEqual(web, await StartedAsync(project, "web"));

        // A daemon that is killed and comes back finds everything as it was; so does compose.
        await project.DoesAsync("up", "-d", "--wait");
        var before = await LastingAsync(project);
        daemon.Crash();
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        await project.DoesAsync("up", "-d", "--wait");
        Assert.Equal(before, await LastingAsync(project));
        await ServesAsync(project, "built for compose, secret\n");
        await project.SaysAsync("web", "10.1.2.3\n", "sh", "-c", "getent hosts far | cut -d' ' -f1");
        await project.DoesAsync("stop", "-t", "0");
        await project.DoesAsync("start");
        await ServesAsync(project, "built for compose, secret\n");
    }

    /// <summary>Its containers but for the one that runs to its end at each up.</summary>
    static async Task<string[]> LastingAsync(ComposeProject project) =>
        [.. (await project.ContainersAsync()).Split('\n').Where(l => !l.StartsWith("/shop-fill-1 ", StringComparison.Ordinal))];

    static async Task<string> StartedAsync(ComposeProject project, string service) =>
        (await LastingAsync(project)).Single(l => l.StartsWith($"/shop-{service}-1 ", StringComparison.Ordinal)).Split(' ')[2];

    static async Task ServesAsync(ComposeProject project, string page)
    {
        var address = (await project.DoesAsync("port", "web", "80")).Trim();
        using var http = new HttpClient();
        Assert.Equal(page, await http.GetStringAsync($"http://{address}/"));
        Assert.Equal("more\n", await http.GetStringAsync($"http://{address}/more"));
    }
}
