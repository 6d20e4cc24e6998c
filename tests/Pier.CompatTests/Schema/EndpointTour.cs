using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;

namespace Pier.CompatTests.Schema;

/// <summary>Asks a daemon for everything once, with containers that fill as many fields as can be, and validates what comes back.</summary>
sealed class EndpointTour(Wire wire, ApiSchema schema)
{
    readonly SchemaValidator _validator = new(schema);
    string _full = "",
        _plain = "";

    public List<string> Problems { get; } = [];

    /// <summary>The operations that were answered by more than "page not found".</summary>
    public HashSet<string> Seen { get; } = [];

    public async Task RunAsync()
    {
        await SystemAsync();
        await VolumesAsync();
        await ContainersAsync();
        await ExecsAsync();
        await FilesAsync();
        await ImagesAsync();
        await NetworksAsync();
        await MistakesAsync();
        await EndAsync();
    }

    /// <summary>Asks, and holds the answer against the operation's schema for its status.</summary>
    async Task<WireAnswer> AskAsync(string method, string template, string? path = null, string? json = null, HttpContent? content = null)
    {
        var operation = schema.Operation(method, template);
        path ??= template;
        var answer = content is null ? await wire.SendAsync(method, path, json) : await wire.SendAsync(method, path, content);
        if (answer.Message == "page not found")
            return answer;
        Seen.Add(operation.ToString());
        var place = $"{method} {template} {answer.Status}";
        var isKnown = operation.Node["responses"]?[$"{answer.Status}"] is not null;
        // What a swarm alone has is answered with 503 by whoever is in none.
        if (answer.Status >= 500 && !(answer.Status == 503 && isKnown))
            Problems.Add($"{place}: {answer.Text}");
        if (!isKnown && answer.Status != 400)
            Problems.Add($"{place}: the schema has no such status: {answer.Text}");
        var wanted = operation.Answer(answer.Status) ?? (answer.Status == 400 ? schema.Definition("ErrorResponse") : null);
        if (wanted is null || method == "HEAD")
            return answer;
        if (answer.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true)
        {
            foreach (var value in Values(answer.Text))
                Problems.AddRange(_validator.Validate(value, wanted, place));
        }
        else if (schema.Resolve(wanted)["type"]?.GetValue<string>() != "string")
        {
            Problems.Add($"{place}: is {answer.ContentType}, wants JSON");
        }
        return answer;
    }

    /// <summary>A body of one value, or of a line each.</summary>
    static IEnumerable<JsonNode?> Values(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length > 0 ? lines.Select(l => JsonNode.Parse(l)) : [null];
    }

    async Task SystemAsync()
    {
        foreach (var path in (string[])["/_ping", "/version", "/info"])
            await AskAsync("GET", path);
        await AskAsync("HEAD", "/_ping");
        await AskAsync("POST", "/auth", json: """{"username":"u","password":"p","serveraddress":"127.0.0.1:9"}""");
    }

    async Task VolumesAsync()
    {
        await AskAsync(
            "POST",
            "/volumes/create",
            json: """{"Name":"tour","Labels":{"a":"b"},"DriverOpts":{"type":"tmpfs","device":"tmpfs","o":"size=1m"}}"""
        );
        await AskAsync("GET", "/volumes");
        await AskAsync("GET", "/volumes/{name}", "/volumes/tour");
    }

    async Task ContainersAsync()
    {
        var full = await AskAsync(
            "POST",
            "/containers/create",
            "/containers/create?name=tour-full",
            """
            {"Image":"busybox","Cmd":["sh","-c","echo hello; touch /new; exec sleep 1000"],"Labels":{"a":"b"},"Env":["A=b"],"ExposedPorts":{"80/tcp":{},"81/udp":{}},
             "Healthcheck":{"Test":["CMD","true"],"Interval":1000000000},"StopTimeout":1,"User":"0:0","Domainname":"example.org","OpenStdin":true,
             "HostConfig":{"Binds":["tour:/data","/tmp:/host:ro"],"Memory":67108864,"Tmpfs":{"/t":"size=1m"},"Ulimits":[{"Name":"nofile","Soft":100,"Hard":200}],
              "PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1"}]},"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":2},"CapAdd":["SYS_TIME"],
              "Devices":[{"PathOnHost":"/dev/null","PathInContainer":"/dev/nothing","CgroupPermissions":"rwm"}],"Mounts":[{"Type":"tmpfs","Target":"/u","TmpfsOptions":{"SizeBytes":1048576}}],
              "Sysctls":{"kernel.msgmax":"100"},"ExtraHosts":["far:192.0.2.1"],"Annotations":{"x":"y"},"PidsLimit":50,"Init":true}}
            """
        );
        _full = full.Json!["Id"]!.GetValue<string>();
        var plain = await AskAsync(
            "POST",
            "/containers/create",
            "/containers/create?name=tour-plain",
            """{"Image":"busybox","Cmd":["true"],"HostConfig":{"NetworkMode":"none"}}"""
        );
        _plain = plain.Json!["Id"]!.GetValue<string>();
        await AskAsync("GET", "/containers/{id}/json", $"/containers/{_plain}/json?size=1");
        foreach (var id in (string[])[_full, _plain])
            await AskAsync("POST", "/containers/{id}/start", $"/containers/{id}/start");
        await AskAsync("POST", "/containers/{id}/wait", $"/containers/{_plain}/wait");
        await AskAsync("POST", "/containers/{id}/wait", $"/containers/{_plain}/wait?condition=not-running");
        for (
            var i = 0;
            i < 100 && (await wire.GetAsync($"/containers/{_full}/json")).Json!["State"]!["Health"]!["Log"]!.AsArray().Count == 0;
            i++
        )
            await Task.Delay(50);
        foreach (var id in (string[])[_full, _plain])
        {
            foreach (
                var what in (string[])
                    [
                        "json",
                        "json?size=true",
                        "stats?stream=0&one-shot=1",
                        "stats?stream=0",
                        "changes",
                        "logs?stdout=1&stderr=1&timestamps=1",
                    ]
            )
                await AskAsync("GET", "/containers/{id}/" + what.Split('?')[0], $"/containers/{id}/{what}");
        }
        await AskAsync("GET", "/containers/{id}/top", $"/containers/{_full}/top");
        await AskAsync("GET", "/containers/{id}/top", $"/containers/{_full}/top?ps_args=aux");
        foreach (var query in (string[])["", "?all=1", "?all=1&size=1", "?limit=1", "?all=1&filters={\"status\":[\"exited\"]}"])
            await AskAsync("GET", "/containers/json", "/containers/json" + query);
        await AskAsync(
            "POST",
            "/containers/{id}/update",
            $"/containers/{_full}/update",
            """{"Memory":134217728,"MemorySwap":268435456,"PidsLimit":60}"""
        );
        foreach (
            var verb in (string[])
                ["pause", "unpause", "restart?t=1", "resize?h=10&w=20", "kill?signal=CONT", "stop?t=1", "start", "rename?name=tour-new"]
        )
            await AskAsync("POST", "/containers/{id}/" + verb.Split('?')[0], $"/containers/{_full}/{verb}");
        await AskAsync("POST", "/containers/{id}/attach", $"/containers/{_full}/attach?logs=1&stdout=1");
    }

    async Task ExecsAsync()
    {
        var made = await AskAsync(
            "POST",
            "/containers/{id}/exec",
            $"/containers/{_full}/exec",
            """{"Cmd":["echo","x"],"AttachStdout":true,"Env":["A=b"],"User":"0"}"""
        );
        var id = made.Json!["Id"]!.GetValue<string>();
        await AskAsync("GET", "/exec/{id}/json", $"/exec/{id}/json");
        await AskAsync("POST", "/exec/{id}/start", $"/exec/{id}/start", """{"Detach":true}""");
        for (var attempt = 0; attempt < 250; attempt++)
        {
            if ((await AskAsync("GET", "/exec/{id}/json", $"/exec/{id}/json")).Json!["Running"]!.GetValue<bool>() is false)
                break;
            await Task.Delay(20);
        }
        await AskAsync("POST", "/exec/{id}/resize", $"/exec/{id}/resize?h=10&w=10");
    }

    async Task FilesAsync()
    {
        await AskAsync("GET", "/containers/{id}/export", $"/containers/{_plain}/export");
        await AskAsync("HEAD", "/containers/{id}/archive", $"/containers/{_full}/archive?path=/etc/hosts");
        await AskAsync("GET", "/containers/{id}/archive", $"/containers/{_full}/archive?path=/etc/hosts");
        await AskAsync(
            "PUT",
            "/containers/{id}/archive",
            $"/containers/{_full}/archive?path=/tmp",
            content: new ByteArrayContent(Tar("file", "text"))
        );
    }

    async Task ImagesAsync()
    {
        var commit = await AskAsync(
            "POST",
            "/commit",
            $"/commit?container={_full}&repo=tour&tag=one&comment=words&author=me",
            "{\"Labels\":{\"x\":\"y\"}}"
        );
        await AskAsync("POST", "/images/{name}/tag", "/images/tour:one/tag?repo=tour&tag=two");
        foreach (var query in (string[])["", "?all=1&digests=1&shared-size=1", "?filters={\"reference\":[\"tour\"]}", "?manifests=1"])
            await AskAsync("GET", "/images/json", "/images/json" + query);
        foreach (var name in (string[])["tour:one", "busybox", commit.Json!["Id"]!.GetValue<string>()])
        {
            await AskAsync("GET", "/images/{name}/json", $"/images/{name}/json");
            await AskAsync("GET", "/images/{name}/history", $"/images/{name}/history");
        }
        var archive = await wire.BytesAsync("/images/tour:two/get");
        await AskAsync("GET", "/images/{name}/get", "/images/tour:two/get");
        await AskAsync("GET", "/images/get", "/images/get?names=tour:two");
        await AskAsync("POST", "/images/load", "/images/load", content: new ByteArrayContent(archive));
        await AskAsync(
            "POST",
            "/images/create",
            "/images/create?fromSrc=-&repo=tour&tag=three",
            content: new ByteArrayContent(Tar("f", "x"))
        );
        await AskAsync("POST", "/images/create", "/images/create?fromImage=127.0.0.1:9/nosuch&tag=latest");
        await AskAsync("POST", "/images/{name}/push", "/images/tour/push?tag=one");
        await AskAsync("GET", "/system/df");
        await AskAsync("GET", "/system/df", "/system/df?type=image&type=volume");
        foreach (var tag in (string[])["one", "two", "three"])
            await AskAsync("DELETE", "/images/{name}", "/images/tour:" + tag);
        await AskAsync("POST", "/images/prune", "/images/prune?filters={\"dangling\":[\"true\"]}");
    }

    async Task NetworksAsync()
    {
        await AskAsync("GET", "/networks");
        foreach (var name in (string[])["bridge", "host", "none", "nosuch"])
            await AskAsync("GET", "/networks/{id}", "/networks/" + name);
        var made = await AskAsync(
            "POST",
            "/networks/create",
            json: """{"Name":"tour","Labels":{"a":"b"},"IPAM":{"Config":[{"Subnet":"10.99.77.0/24"}]}}"""
        );
        if (made.Status != 201)
            return;
        await AskAsync(
            "POST",
            "/networks/{id}/connect",
            "/networks/tour/connect",
            $"{{\"Container\":\"{_full}\",\"EndpointConfig\":{{\"Aliases\":[\"other\"]}}}}"
        );
        await AskAsync("GET", "/networks/{id}", "/networks/tour?verbose=1");
        await AskAsync("GET", "/containers/{id}/json", $"/containers/{_full}/json");
        await AskAsync("POST", "/networks/{id}/disconnect", "/networks/tour/disconnect", $"{{\"Container\":\"{_full}\"}}");
        await AskAsync("DELETE", "/networks/{id}", "/networks/tour");
        await AskAsync("POST", "/networks/prune");
    }

    /// <summary>Each operation on something that is not there.</summary>
    async Task MistakesAsync()
    {
        foreach (
            var operation in schema.Operations.Where(o => o.Path.Contains('{') && !o.Path.EndsWith("/attach/ws", StringComparison.Ordinal))
        )
        {
            var path = operation
                .Path.Replace("{id}", "nosuch", StringComparison.Ordinal)
                .Replace("{name}", "nosuch", StringComparison.Ordinal);
            var query =
                operation.Path.EndsWith("/archive", StringComparison.Ordinal) ? "?path=/"
                : operation.Path.EndsWith("/tag", StringComparison.Ordinal) ? "?repo=x"
                : operation.Path.EndsWith("/logs", StringComparison.Ordinal) ? "?stdout=1"
                : "";
            await AskAsync(operation.Method, operation.Path, path + query, operation.Method is "POST" or "PUT" ? "{}" : null);
        }
    }

    async Task EndAsync()
    {
        await AskAsync("GET", "/events", "/events?since=1&until=" + DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeSeconds());
        await AskAsync("DELETE", "/containers/{id}", $"/containers/{_full}");
        await AskAsync("POST", "/containers/prune");
        await AskAsync("DELETE", "/containers/{id}", $"/containers/{_full}?force=1&v=1");
        await AskAsync("DELETE", "/volumes/{name}", "/volumes/tour");
        await AskAsync("POST", "/volumes/prune");
    }

    internal static byte[] Tar(string name, string text)
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        return buffer.ToArray();
    }
}
