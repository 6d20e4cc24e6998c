using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pier.Cli.Transport;

/// <summary>
/// The daemon as the commands see it. Calls block: a client process has nothing else to do, and blocking sockets cost no event loop and no
/// threads. Paths carry no version, so that every daemon answers in its newest; DOCKER_API_VERSION pins one.
/// </summary>
sealed class DaemonClient(DaemonAddress address, ClientTls? tls, StartProgram? programs, string? pinnedVersion) : IDisposable
{
    readonly string _prefix = string.IsNullOrEmpty(pinnedVersion) ? "" : "/v" + pinnedVersion.TrimStart('v');
    DaemonConnection? _idle;

    public DaemonAddress Address { get; } = address;

    /// <summary>GET, read whole.</summary>
    public JsonDocument GetJson(string path) => JsonDocument.Parse(Call("GET", path));

    /// <summary>A call whose body is JSON, or none; the answer is read whole.</summary>
    public byte[] Call(string method, string path, ReadOnlySpan<byte> json = default)
    {
        var answer = Open(method, path, json);
        var body = answer.ReadAll();
        Keep(answer);
        return body;
    }

    public byte[] Call<T>(string method, string path, T value, JsonTypeInfo<T> type) =>
        Call(method, path, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>A call whose answer is read as it comes. Throws the daemon's error.</summary>
    public DaemonAnswer Open(string method, string path, ReadOnlySpan<byte> json = default, string? registryAuth = null)
    {
        var answer = Exchange(method, path, json, registryAuth);
        answer.EnsureSuccess();
        return answer;
    }

    /// <summary>A call whose body is streamed.</summary>
    public DaemonAnswer Upload(string method, string path, Stream body, string contentType)
    {
        var connection = Dial();
        connection.Send(method, _prefix + path, body, contentType);
        var answer = connection.Receive();
        answer.EnsureSuccess();
        return answer;
    }

    /// <summary>A call whose body is written as it goes; the answer is read whole.</summary>
    public void Put(string method, string path, Action<Stream> writeBody, string contentType)
    {
        using var connection = Dial();
        connection.Send(method, _prefix + path, writeBody, contentType);
        var answer = connection.Receive();
        answer.EnsureSuccess();
        answer.ReadAll();
    }

    /// <summary>A call whose body is written as it goes and whose answer is read as it comes.</summary>
    public DaemonAnswer Upload(
        string method,
        string path,
        Action<Stream> writeBody,
        string contentType,
        params ReadOnlySpan<(string Name, string Value)> headers
    )
    {
        var connection = Dial();
        connection.Send(method, _prefix + path, writeBody, contentType, headers);
        var answer = connection.Receive();
        answer.EnsureSuccess();
        return answer;
    }

    /// <summary>A HEAD: the answer has no body, and an error no text.</summary>
    public DaemonAnswer Head(string path)
    {
        var answer = Exchange("HEAD", path, default, null);
        Keep(answer);
        return answer;
    }

    /// <summary>A call that turns into a raw stream.</summary>
    public DaemonAnswer Hijack(string path, ReadOnlySpan<byte> json = default)
    {
        var connection = Dial();
        connection.Send("POST", _prefix + path, json, upgrade: true, json.IsEmpty ? "text/plain" : null);
        var answer = connection.Receive();
        answer.EnsureSuccess();
        return answer;
    }

    /// <summary>A new connection, nothing said on it.</summary>
    public DaemonConnection Dial() => new(Address, tls, programs);

    /// <summary>A connection that speaks another protocol from here on.</summary>
    public DaemonAnswer Upgrade(string path, string protocol, ReadOnlySpan<(string Name, string Value)> headers)
    {
        var connection = Dial();
        connection.Upgrade(_prefix + path, protocol, headers);
        var answer = connection.Receive();
        answer.EnsureSuccess();
        return answer;
    }

    /// <summary>Only the head: what a HEAD or GET /_ping tells.</summary>
    public DaemonAnswer Ping()
    {
        var answer = Open("GET", "/_ping");
        answer.ReadAll();
        Keep(answer);
        return answer;
    }

    public void Dispose() => _idle?.Dispose();

    DaemonAnswer Exchange(string method, string path, ReadOnlySpan<byte> json, string? registryAuth)
    {
        if (Interlocked.Exchange(ref _idle, null) is { } used)
        {
            try
            {
                used.Send(method, _prefix + path, json, registryAuth: registryAuth);
                return used.Receive(method == "HEAD");
            }
            catch (Exception e) when (e is EndOfStreamException or IOException or SocketException)
            {
                // Closed while it was idle: once more on a new one.
                used.Dispose();
            }
        }
        var connection = Dial();
        try
        {
            connection.Send(method, _prefix + path, json, registryAuth: registryAuth);
            return connection.Receive(method == "HEAD");
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or SocketException)
        {
            connection.Dispose();
            throw new CliFailure($"error during connect: {Address.Text}: {e.Message}");
        }
    }

    void Keep(DaemonAnswer answer)
    {
        if (!answer.KeepsAlive || !answer.Body.IsComplete || Interlocked.CompareExchange(ref _idle, answer.Connection, null) is not null)
            answer.Connection.Dispose();
    }
}
