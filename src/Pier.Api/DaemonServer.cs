using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pier.Api.BuildKit;
using Pier.Api.Doors;
using Pier.Api.Grpc;
using Pier.Api.Http;
using Pier.Doors;
using Pier.Engine;
using Pier.Model;

namespace Pier.Api;

/// <summary>
/// The Docker Engine API of one engine, served on unix sockets and TCP. Kestrel is used as a bare server, without host, container
/// of services or configuration (decision 0005).
/// </summary>
public sealed class DaemonServer : IAsyncDisposable
{
    readonly KestrelServer _server;
    readonly BuildKitServer _buildKit;
    readonly IReadOnlyList<ListenAddress> _addresses;
    readonly RestingHeap _heap;

    DaemonServer(KestrelServer server, BuildKitServer buildKit, IReadOnlyList<ListenAddress> addresses, RestingHeap heap)
    {
        _server = server;
        _buildKit = buildKit;
        _addresses = addresses;
        _heap = heap;
    }

    /// <summary>
    /// Listens on every address, or throws (Conflict: in use; InvalidParameter: not an address, or TCP without TLS) with none left
    /// listening. Requests are answered when it returns.
    /// </summary>
    public static async Task<DaemonServer> StartAsync(ContainerEngine engine, DaemonServerOptions options, CancellationToken ct)
    {
        var tls = options.Tls is null ? null : new TlsDoor(options.Tls.Certificate, options.Tls.Key, options.Tls.ClientAuthority);
        var addresses = options.Hosts.Select(h => ListenAddress.Parse(h, tls is not null)).ToList();
        foreach (var address in addresses)
        {
            if (address.SocketPath is { } path)
                UnixSocketFile.Prepare(path);
            else
                CheckNetworkDoor(address, options);
        }
        var buildKit = await BuildKitServer.StartAsync(engine, options, ct);
        var kestrel = new KestrelServer(
            Options.Create(Configure(addresses, tls, buildKit.Grpc)),
            new SocketTransport(),
            NullLoggerFactory.Instance
        );
        var server = new DaemonServer(kestrel, buildKit, addresses, new RestingHeap());
        try
        {
            await kestrel.StartAsync(new ApiApplication(engine, options, buildKit, server._heap), ct);
        }
        catch (IOException e)
        {
            kestrel.Dispose();
            await buildKit.DisposeAsync();
            throw new ConflictException($"failed to load listeners: {e.Message}", e);
        }
        foreach (var address in addresses)
        {
            if (address.SocketPath is { } path)
                UnixSocketFile.Restrict(path, options.AssignSocketGroup);
            options.Log?.Invoke($"API listen on {address.Text}");
        }
        return server;
    }

    /// <summary>Accepts no more, lets running requests end until the token says no, and removes the sockets.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await _server.StopAsync(ct);
        foreach (var address in _addresses)
            if (address.SocketPath is { } path && File.Exists(path))
                File.Delete(path);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
        _heap.Dispose();
        await _buildKit.DisposeAsync();
    }

    static KestrelServerOptions Configure(IReadOnlyList<ListenAddress> addresses, TlsDoor? tls, Http2Server http2)
    {
        // The store reads archives with blocking calls, on threads that it takes for that.
        var kestrel = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = true };
        kestrel.Limits.MaxRequestBodySize = null;
        // Streams (attach, logs -f, events, load) rest for as long as their container does.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        foreach (var address in addresses)
        {
            if (address.SocketPath is { } path)
                kestrel.ListenUnixSocket(path, o => Open(o, new Door(Network: false, Tls: false), null, http2));
            else
                kestrel.Listen(address.EndPoint!, o => Open(o, new Door(Network: true, Tls: tls is not null), tls, http2));
        }
        return kestrel;
    }

    static void Open(ListenOptions listen, Door door, TlsDoor? tls, Http2Server http2)
    {
        listen.Protocols = HttpProtocols.Http1;
        var builder = (IConnectionBuilder)listen;
        if (tls is not null)
            builder.Use(tls.Use);
        builder.Use(next =>
            Takeover.Offer(
                next,
                door,
                connection =>
                    connection.Features.Get<TlsConnection>() is { } secure
                        ? (null, secure)
                        : (connection.Features.Get<IConnectionSocketFeature>()?.Socket, null)
            )
        );
        // Browsers speak HTTP/2 only where TLS negotiated it, which no door here does: no web page comes this way.
        builder.Use(next => Http2Preface.Sniff(next, http2));
    }

    static void CheckNetworkDoor(ListenAddress address, DaemonServerOptions options)
    {
        if (options.Tls is { ClientAuthority: not null })
            return;
        if (!address.IsLoopback)
            throw new InvalidParameterException(
                $"refusing to listen on {address.Text}: without TLS client certificates (--tlsverify) whoever reaches it is root on this host"
            );
        if (options.Tls is null && !options.AllowInsecureLoopback)
            throw new InvalidParameterException(
                $"refusing to listen on {address.Text} without TLS: use --tlsverify, or --insecure-tcp to let every local user be root"
            );
        options.Log?.Invoke(
            $"[DEPRECATION NOTICE] API is accessible on {address.Text} without client certificates: every local user can become root through it"
        );
    }
}
