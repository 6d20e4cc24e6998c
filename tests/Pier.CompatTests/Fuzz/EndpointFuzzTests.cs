using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Pier.CompatTests.Schema;

namespace Pier.CompatTests.Fuzz;

/// <summary>
/// Malformed requests over every operation of the schema: the answer is 4xx (or what is right when the request happens to be valid), never
/// 5xx, and the daemon is as healthy afterwards as before. PIER_FUZZ=SECONDS runs longer, PIER_FUZZ_SEED repeats a run.
/// </summary>
public sealed class EndpointFuzzTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    /// <summary>What is not this daemon's failure, or Docker's own word for a request that is understood and not served.</summary>
    static readonly string[] Excused = ["/auth", "/distribution/", "/images/search", "/build", "/session", "/plugins"];

    /// <summary>
    /// These wait by design, for an end that may never come, for a stop's grace, or for a registry: they are given up after a moment.
    /// </summary>
    static readonly string[] Waiting =
    [
        "/wait",
        "/attach",
        "/events",
        "/stats",
        "/logs",
        "/start",
        "/stop",
        "/restart",
        "/images/create",
        "/push",
        "/auth",
        "/search",
        "/distribution/{name}/json",
        "/build",
        "/session",
        "/plugins/pull",
        "/plugins/privileges",
        "/upgrade",
    ];

    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250),
        Limit = TimeSpan.FromSeconds(10);

    [SkippableFact]
    public async Task No_request_makes_the_daemon_fail()
    {
        var schema = ApiSchema.LoadOrSkip();
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PIER_FUZZ_SEED"), out var given) ? given : 20_261_121;
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("PIER_FUZZ"), CultureInfo.InvariantCulture, out var asked)
            ? asked
            : 15;
        using var wire = new Wire(daemon.Socket, seconds: 20);
        var random = new Random(seed);
        var mutations = new Mutations(schema, random);
        var operations = schema.Operations.Where(o => !o.Path.EndsWith("/attach/ws", StringComparison.Ordinal)).ToArray();
        var create = schema.Operation("POST", "/containers/create");
        var failures = new Dictionary<string, string>();
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; count++)
        {
            if (count % 50 == 0)
                (mutations.Container, mutations.Exec) = await SceneAsync(wire);
            // The body with the most to get wrong.
            var operation = random.Next(4) == 0 ? create : operations[random.Next(operations.Length)];
            var problem = await SendAsync(wire, mutations, operation, random);
            if (problem is not null)
                failures.TryAdd($"{operation}: {problem.Split('\n')[0]}", problem);
        }
        Assert.True(failures.Count == 0, $"seed {seed}, {count} requests:\n{string.Join('\n', failures.Values)}");
        Assert.True(count > 200, $"only {count} requests in {seconds} s");
        await HealthyAsync(wire);
    }

    /// <summary>A pull from a registry that is not there; an import has no such excuse.</summary>
    static bool IsRegistryMissing(Operation operation, string answer) =>
        operation.Path == "/images/create" && answer.Contains("Get \\\"https://", StringComparison.Ordinal);

    /// <summary>Null when all is well.</summary>
    async Task<string?> SendAsync(Wire wire, Mutations mutations, Operation operation, Random random)
    {
        var path = mutations.Path(operation);
        var waits = Waiting.Any(w => operation.Path.EndsWith(w, StringComparison.Ordinal));
        string? body = null;
        HttpContent? content = null;
        if (
            operation.Path.EndsWith("/archive", StringComparison.Ordinal)
            || operation.Path is "/images/load" or "/build" or "/images/create"
        )
        {
            content = operation.Method is "PUT" or "POST" ? new ByteArrayContent(mutations.Archive()) : null;
        }
        else if (operation.Method is "POST" or "PUT" && mutations.Body(operation) is { } text)
        {
            body = text;
            content = new StringContent(text);
            content.Headers.ContentType = new MediaTypeHeaderValue(random.Next(12) == 0 ? "text/plain" : "application/json");
        }
        try
        {
            using var limit = new CancellationTokenSource(waits ? Patience : Limit);
            var answer = await wire.StatusAsync(operation.Method, path, content, limit.Token);
            var excused =
                answer.Status is 501 or 503
                || Excused.Any(e => operation.Path.StartsWith(e, StringComparison.Ordinal))
                || IsRegistryMissing(operation, answer.Text);
            return answer.Status >= 500 && !excused
                ? $"{operation.Method} {mutations.Text(path)}\n  {mutations.Text(body ?? "")}\n  {answer.Status} {mutations.Text(answer.Text)}"
                : null;
        }
        catch (OperationCanceledException)
        {
            return waits
                ? null
                : $"{operation.Method} {mutations.Text(path)}\n  {mutations.Text(body ?? "")}\n  no answer in {Limit.TotalSeconds} s";
        }
        catch (HttpRequestException) when (body is { Length: > 90_000 })
        {
            // Refused before all of it was sent.
            return null;
        }
        catch (HttpRequestException e)
        {
            return $"{operation.Method} {mutations.Text(path)}\n  {mutations.Text(body ?? "")}\n  {e.Message} {e.InnerException?.Message}";
        }
        catch (UriFormatException)
        {
            return null;
        }
        finally
        {
            content?.Dispose();
        }
    }

    [Fact]
    public async Task Bodies_without_end_are_cut_off()
    {
        using var wire = new Wire(daemon.Socket);
        var big = "{\"Image\":\"" + new string('a', 20 << 20) + "\"}";
        foreach (var path in (string[])["/containers/create", "/volumes/create", "/containers/none/exec", "/auth"])
        {
            try
            {
                var answer = await wire.PostAsync(path, big);
                Assert.InRange(answer.Status, 400, 499);
            }
            catch (HttpRequestException)
            {
                // The daemon answered and closed while the body was still on its way.
            }
        }
        await HealthyAsync(wire);
    }

    /// <summary>
    /// A running container and an exec, made again after the fuzzer has done away with them; what it has created is taken away.
    /// </summary>
    async Task<(string Container, string Exec)> SceneAsync(Wire wire)
    {
        await ImageAsync(wire);
        foreach (var left in (await wire.GetAsync("/containers/json?all=1")).Json!.AsArray())
            if (left!["Names"]![0]!.GetValue<string>() is not ("/fuzz"))
                await wire.DeleteAsync($"/containers/{left["Id"]!.GetValue<string>()}?force=1&v=1");
        await wire.PostAsync(
            "/containers/create?name=fuzz",
            """{"Image":"busybox","Cmd":["sleep","1000"],"HostConfig":{"NetworkMode":"none"}}"""
        );
        await wire.PostAsync("/containers/fuzz/unpause");
        await wire.PostAsync("/containers/fuzz/start");
        var exec = await wire.PostAsync("/containers/fuzz/exec", """{"Cmd":["true"]}""");
        Assert.True(exec.Status == 201, exec.Text);
        return ("fuzz", exec.Json!["Id"]!.GetValue<string>());
    }

    /// <summary>The fuzzer may remove the image, which is its right.</summary>
    async Task ImageAsync(Wire wire)
    {
        if ((await wire.GetAsync("/images/busybox/json")).Status != 404)
            return;
        var import = await new Client("pier", daemon).RunAsync(
            "import",
            System.IO.Path.Combine(daemon.Directory, "busybox.tar"),
            "busybox:latest"
        );
        Assert.Equal(0, import.Code);
    }

    /// <summary>A container still runs from its creation to its removal.</summary>
    async Task HealthyAsync(Wire wire)
    {
        await ImageAsync(wire);
        var run = await new Client("pier", daemon).RunAsync("run", "--rm", "--network", "none", "busybox", "echo", "well");
        Assert.Equal((0, "well\n"), (run.Code, run.Out));
        Assert.Equal(200, (await wire.GetAsync("/containers/json?all=1&size=1")).Status);
        Assert.Equal(200, (await wire.GetAsync("/system/df")).Status);
    }
}
