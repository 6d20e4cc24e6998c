using Pier.Cli.Transport;
using Pier.Contracts.Http2;

namespace Pier.Cli.Builds.Sessions;

/// <summary>A session with the daemon: it asks for directories, secrets and the like while it builds, this side serves them.</summary>
sealed class ClientSession : IDisposable
{
    readonly DaemonAnswer _answer;
    readonly Http2Connection _http;

    ClientSession(string id, DaemonAnswer answer, IReadOnlyDictionary<string, Func<ServedCall, Task>> methods)
    {
        (Id, _answer) = (id, answer);
        _http = Http2Connection.Serve(new RawStream(answer.Connection), stream => ServedCall.ServeAsync(stream, methods));
    }

    public string Id { get; }

    /// <param name="sharedKey">The same for builds of the same directory: the daemon keeps what it was sent.</param>
    public static ClientSession Open(DaemonClient client, string sharedKey, IReadOnlyDictionary<string, Func<ServedCall, Task>> methods)
    {
        var id = Guid.NewGuid().ToString("N");
        List<(string, string)> headers =
        [
            ("X-Docker-Expose-Session-Uuid", id),
            ("X-Docker-Expose-Session-Name", "pier"),
            ("X-Docker-Expose-Session-Sharedkey", sharedKey),
        ];
        headers.AddRange(methods.Keys.Select(m => ("X-Docker-Expose-Session-Grpc-Method", m)));
        return new ClientSession(id, client.Upgrade("/session", "h2c", [.. headers]), methods);
    }

    public void Dispose()
    {
        _answer.Connection.Abort();
        _http.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(2));
        _answer.Connection.Dispose();
    }
}
