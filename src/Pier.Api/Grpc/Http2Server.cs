using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Pier.Api.Grpc;

/// <summary>
/// An HTTP/2 server (prior knowledge, RFC 9113 section 3.3) without a socket: it serves the byte streams that it is given. Kestrel speaks
/// HTTP/2, an in-process listener hands it the connections.
/// </summary>
sealed class Http2Server : IAsyncDisposable
{
    /// <summary>A client opens a call a build, and a few beside it.</summary>
    const int MaxStreams = 1000;

    readonly KestrelServer _kestrel;
    readonly Listener _listener = new();

    Http2Server() => _kestrel = new KestrelServer(Options.Create(Configure()), _listener, NullLoggerFactory.Instance);

    public static async Task<Http2Server> StartAsync(IHttpApplication<HttpContext> application, CancellationToken ct)
    {
        var server = new Http2Server();
        await server._kestrel.StartAsync(application, ct);
        return server;
    }

    /// <summary>Serves a stream until it ends; whoever gave it closes it.</summary>
    public async Task ServeAsync(IDuplexPipe transport, Action abort)
    {
        var connection = new InProcessConnection(transport, abort);
        await _listener.Accept(connection);
        await connection.Finished;
    }

    public async ValueTask DisposeAsync()
    {
        await _kestrel.StopAsync(new CancellationToken(canceled: true));
        _kestrel.Dispose();
    }

    static KestrelServerOptions Configure()
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = null;
        // A session's stream rests while a step runs.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromHours(24);
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        kestrel.Listen(new InProcessEndPoint(), o => o.Protocols = HttpProtocols.Http2);
        return kestrel;
    }

    sealed class InProcessEndPoint : EndPoint
    {
        public override string ToString() => "in-process";
    }

    sealed class Listener : IConnectionListenerFactory, IConnectionListener
    {
        readonly Channel<ConnectionContext> _waiting = Channel.CreateBounded<ConnectionContext>(16);

        public EndPoint EndPoint { get; private set; } = new InProcessEndPoint();

        public ValueTask Accept(ConnectionContext connection) => _waiting.Writer.WriteAsync(connection);

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            EndPoint = endpoint;
            return ValueTask.FromResult<IConnectionListener>(this);
        }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _waiting.Reader.WaitToReadAsync(cancellationToken) && _waiting.Reader.TryRead(out var connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _waiting.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
