using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pier.KernelTests.Distribution;

/// <summary>What a proxy does to one answer; what is null is left as it is.</summary>
public sealed record Fault
{
    /// <summary>Answer with this status and nothing of the upstream's.</summary>
    public int? Status { get; init; }
    public string? RetryAfter { get; init; }
    public string? Location { get; init; }
    public byte[]? Body { get; init; }
    public string? ContentType { get; init; }

    /// <summary>Break the connection after so many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Send nothing more after so many bytes, and keep the connection.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Announce so many bytes more than there are.</summary>
    public int Lie { get; init; }

    public bool DropDigestHeader { get; init; }
    public bool IgnoreRange { get; init; }
    public bool FlipLastByte { get; init; }

    /// <summary>Break the connection after so many bytes of the request's body.</summary>
    public int? CutRequestAfter { get; init; }
}

/// <summary>Stands between a client and a registry, writes down what passes and spoils some of it.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    readonly HttpListener _listener;
    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    readonly string _upstream;
    readonly Func<HttpListenerRequest, int, Fault?> _decide;
    readonly ConcurrentDictionary<string, int> _counts = [];
    readonly Task _running;

    /// <summary><paramref name="decide"/> is asked for every request, with how often that method and path came before.</summary>
    public FaultProxy(string upstream, Func<HttpListenerRequest, int, Fault?> decide)
    {
        (_upstream, _decide) = (upstream, decide);
        (_listener, var endpoint) = Listen();
        Address = endpoint["http://".Length..];
        _running = RunAsync();
    }

    public string Address { get; }

    /// <summary>"METHOD path authorization" of every request.</summary>
    public ConcurrentQueue<(string Method, string Path, string? Authorization, string? Range)> Seen { get; } = [];

    async Task RunAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        Seen.Enqueue((request.HttpMethod, request.RawUrl!, request.Headers["Authorization"], request.Headers["Range"]));
        var count = _counts.AddOrUpdate($"{request.HttpMethod} {request.Url!.AbsolutePath}", 0, (_, n) => n + 1);
        var fault = _decide(request, count) ?? new Fault();
        try
        {
            if (fault.Status is { } status)
                await AnswerOwnAsync(context.Response, status, fault);
            else
                await ForwardAsync(context, fault);
        }
        catch (Exception)
        {
            context.Response.Abort();
        }
    }

    static async Task AnswerOwnAsync(HttpListenerResponse response, int status, Fault fault)
    {
        response.StatusCode = status;
        if (fault.RetryAfter is { } wait)
            response.AddHeader("Retry-After", wait);
        if (fault.Location is { } location)
            response.AddHeader("Location", location);
        if (fault.ContentType is { } type)
            response.ContentType = type;
        response.ContentLength64 = fault.Body?.Length ?? 0;
        if (fault.Body is { } body)
            await response.OutputStream.WriteAsync(body);
        response.Close();
    }

    async Task ForwardAsync(HttpListenerContext context, Fault fault)
    {
        using var forwarded = new HttpRequestMessage(
            new HttpMethod(context.Request.HttpMethod),
            $"http://{_upstream}{context.Request.RawUrl}"
        );
        if (context.Request.HasEntityBody || context.Request.HttpMethod is "POST" or "PUT" or "PATCH")
            forwarded.Content = await BodyAsync(context, fault);
        foreach (var name in new[] { "Authorization", "Range", "Accept", "Content-Range", "Content-Type" })
            if (
                context.Request.Headers[name] is { } value
                && !(name == "Range" && fault.IgnoreRange)
                && !forwarded.Headers.TryAddWithoutValidation(name, value)
            )
                forwarded.Content?.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(forwarded);
        if (fault.CutRequestAfter is not null)
        {
            context.Response.Abort();
            return;
        }
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (fault.FlipLastByte && body.Length > 0)
            body[^1] ^= 1;
        await SendAsync(context, answer, body, fault);
    }

    static async Task<HttpContent> BodyAsync(HttpListenerContext context, Fault fault)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (fault.CutRequestAfter is not { } most || bytes.Length < most)
        {
            var read = await context.Request.InputStream.ReadAsync(buffer);
            if (read == 0)
                break;
            bytes.Write(buffer, 0, read);
        }
        return new ByteArrayContent(
            fault.CutRequestAfter is { } limit ? bytes.ToArray()[..(int)Math.Min(limit, bytes.Length)] : bytes.ToArray()
        );
    }

    static async Task SendAsync(HttpListenerContext context, HttpResponseMessage answer, byte[] body, Fault fault)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.Concat(answer.Content.Headers))
        {
            if (
                header.Key is "Content-Length" or "Transfer-Encoding" or "Date" or "Connection"
                || fault.DropDigestHeader && header.Key == "Docker-Content-Digest"
            )
                continue;
            response.Headers[header.Key] = string.Join(", ", header.Value);
        }
        if (fault.ContentType is { } type)
            response.ContentType = type;
        var isHead = context.Request.HttpMethod == "HEAD";
        if (isHead)
        {
            response.ContentLength64 = answer.Content.Headers.ContentLength ?? 0;
            response.Close();
            return;
        }
        if (response.StatusCode is not 204 and not 304)
            response.ContentLength64 = body.Length + fault.Lie;
        var count = Math.Min(body.Length, fault.CutAfter ?? fault.StallAfter ?? body.Length);
        if (count > 0)
            await response.OutputStream.WriteAsync(body.AsMemory(0, count));
        await response.OutputStream.FlushAsync();
        if (fault.StallAfter is not null)
            await Task.Delay(TimeSpan.FromSeconds(20));
        if (fault.CutAfter is not null || fault.StallAfter is not null || fault.Lie > 0)
            response.Abort();
        else
            response.Close();
    }

    public async ValueTask DisposeAsync()
    {
        // Not Stop before: Close would then open the port again to close it.
        _listener.Close();
        await _running;
        _http.Dispose();
    }

    /// <summary>
    /// A started listener on a free port of 127.0.0.1. The port can be taken between the look and the start: then it is another one.
    /// </summary>
    public static (HttpListener Listener, string Endpoint) Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            var endpoint = $"http://127.0.0.1:{FreePort()}";
            var listener = new HttpListener();
            listener.Prefixes.Add(endpoint + "/");
            try
            {
                listener.Start();
                return (listener, endpoint);
            }
            catch (HttpListenerException) when (attempt < 10) { }
        }
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
