using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pier.CompatTests;

/// <summary>The wire itself, where no client shows it.</summary>
public sealed class ApiTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
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
        )
        {
            BaseAddress = new Uri("http://pier"),
        };

    [Theory]
    [InlineData("GET", "/v1.99/info", 400, "client version 1.99 is too new. Maximum supported API version is 1.51")]
    [InlineData(
        "GET",
        "/v1.10/info",
        400,
        "client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version"
    )]
    [InlineData("GET", "/nope", 404, "page not found")]
    [InlineData("DELETE", "/info", 404, "page not found")]
    [InlineData("GET", "/containers/nosuch/json", 404, "No such container: nosuch")]
    [InlineData("GET", "/containers/json?limit=x", 400, "strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("GET", "/containers/json?filters={\"x\":[\"y\"]}", 400, "invalid filter 'x'")]
    [InlineData(
        "GET",
        "/containers/json?filters={\"status\":[\"y\"]}",
        400,
        "invalid filter 'status=y': invalid value for state (y): must be one of created, running, paused, restarting, removing, exited, dead"
    )]
    [InlineData("POST", "/containers/nosuch/wait", 404, "No such container: nosuch")]
    [InlineData("POST", "/containers/nosuch/wait?condition=x", 400, "invalid condition: \"x\"")]
    [InlineData("GET", "/containers/nosuch/logs", 400, "Bad parameters: you must choose at least one stream")]
    public async Task Mistakes_have_dockers_status_and_words(string method, string path, int status, string message)
    {
        using var http = Http();
        using var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(
            $"{{\"message\":{System.Text.Json.JsonSerializer.Serialize(message, new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })}}}\n",
            await answer.Content.ReadAsStringAsync()
        );
    }

    [Theory]
    [InlineData("{bad", "application/json", "invalid JSON: ")]
    [InlineData("", "application/json", "invalid JSON: got EOF while reading request body")]
    [InlineData("{}", "application/json", "config cannot be empty in order to create a container")]
    [InlineData("{\"Image\":7}", "application/json", "invalid JSON: ")]
    [InlineData("{}", "text/plain", "unsupported Content-Type header (text/plain; charset=utf-8): must be 'application/json'")]
    public async Task A_body_that_cannot_be_read_is_the_clients_fault(string body, string type, string message)
    {
        using var http = Http();
        using var answer = await http.PostAsync("/containers/create", new StringContent(body, Encoding.UTF8, type));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"message\":\"{message}", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Ping_tells_versions()
    {
        using var http = Http();
        using var answer = await http.GetAsync("/_ping");
        Assert.Equal("OK", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["1.51"], answer.Headers.GetValues("Api-Version"));
        Assert.Equal(["linux"], answer.Headers.GetValues("Ostype"));
    }

    [Fact]
    public async Task A_second_daemon_on_the_socket_is_refused_and_the_first_lives_on()
    {
        var second = await Commands.RunAsync(
            PierDaemon.Binary,
            "daemon",
            "--data-root",
            daemon.Directory + "/data2",
            "--exec-root",
            daemon.Directory + "/exec2",
            "-H",
            daemon.Host,
            "--bridge",
            "none"
        );
        Assert.NotEqual(0, second.Code);
        Assert.Contains($"can't create unix socket {daemon.Socket}: device or resource busy", second.Error + second.Out);
        using var http = Http();
        Assert.Equal("OK", await http.GetStringAsync("/_ping"));
    }

    [Fact]
    public void The_socket_is_for_owner_and_group_alone() =>
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(daemon.Socket)
        );

    [Fact]
    public async Task A_client_that_leaves_a_wait_does_not_keep_it()
    {
        using var http = Http();
        var client = new Client("pier", daemon);
        var name = "wait" + Guid.NewGuid().ToString("n")[..8];
        await client.RunAsync("run", "-d", "--name", name, "--network", "none", "busybox", "sleep", "100");
        using (var left = new CancellationTokenSource(300))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
                await (await http.PostAsync($"/containers/{name}/wait", null, left.Token)).Content.ReadAsStringAsync(left.Token)
            );
        Assert.Equal(0, (await client.RunAsync("rm", "-f", name)).Code);
    }
}
