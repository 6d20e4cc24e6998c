using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Pier.CompatTests;

/// <summary>Attach over a websocket.</summary>
public sealed class WebSocketTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    SocketsHttpHandler Handler() =>
        new()
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(daemon.Socket), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };

    async Task<ClientWebSocket> Connect(string container, string query)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new Uri($"ws://pier/v1.51/containers/{container}/attach/ws?{query}"),
            new HttpMessageInvoker(Handler()),
            Limit
        );
        return socket;
    }

    static async Task<string> Read(ClientWebSocket socket, int atLeast)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (text.Length < atLeast)
        {
            var received = await socket.ReceiveAsync(buffer, Limit);
            if (received.MessageType == WebSocketMessageType.Close)
                break;
            Assert.Equal(WebSocketMessageType.Binary, received.MessageType);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
        return text.ToString();
    }

    async Task<string> Create(params string[] words)
    {
        var create = await new Client("pier", daemon).RunAsync(["create", "--network", "none", .. words]);
        Assert.True(create.Code == 0, create.Error);
        return create.Out.Trim();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Input_and_output_go_through_and_the_end_closes(bool tty)
    {
        var id = await Create(["-i", .. tty ? (string[])["-t"] : [], "busybox", "sh", "-c", "read a; echo got $a; echo err >&2"]);
        using var socket = await Connect(id, "stream=1&stdin=1&stdout=1&stderr=1");
        Assert.Equal(0, (await new Client("pier", daemon).RunAsync("start", id)).Code);
        await socket.SendAsync("hello\n"u8.ToArray(), WebSocketMessageType.Binary, true, Limit);
        var output = await Read(socket, int.MaxValue);
        Assert.Equal(tty ? "hello\r\ngot hello\r\nerr\r\n" : "got hello\nerr\n", output);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Limit);
    }

    [Fact]
    public async Task Logs_come_first_and_a_close_leaves_the_container_running()
    {
        var pier = new Client("pier", daemon);
        var id = await Create("busybox", "sh", "-c", "echo before; sleep 1000");
        await pier.RunAsync("start", id);
        for (var i = 0; i < 200 && (await pier.RunAsync("logs", id)).Out.Length == 0; i++)
            await Task.Delay(20);
        using var socket = await Connect(id, "logs=1&stream=1&stdout=1");
        Assert.Equal("before\n", await Read(socket, 7));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Limit);
        Assert.Equal("true\n", (await pier.RunAsync("inspect", "--format", "{{.State.Running}}", id)).Out);
    }

    [Theory]
    [InlineData("nosuch", true, HttpStatusCode.NotFound, "No such container: nosuch")]
    [InlineData("nosuch", false, HttpStatusCode.BadRequest, "not websocket protocol")]
    public async Task Mistakes_are_ordinary_answers(string container, bool upgrade, HttpStatusCode status, string message)
    {
        using var http = new HttpClient(Handler());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://pier/containers/{container}/attach/ws?stream=1");
        if (upgrade)
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.ParseAdd("websocket");
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        }
        using var answer = await http.SendAsync(request, Limit);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync());
    }
}
