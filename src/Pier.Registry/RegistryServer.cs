using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pier.Doors;
using Pier.Model;
using Pier.Registry.Collection;
using Pier.Registry.Doors;
using Pier.Registry.Http;

namespace Pier.Registry;

/// <summary>
/// A registry: the OCI distribution API 1.1 over a storage driver. Kestrel is used as a bare server, without host, container of services or
/// configuration.
/// </summary>
public sealed class RegistryServer : IAsyncDisposable
{
    readonly KestrelServer _server;
    readonly RegistryHouse _house;
    readonly TlsDoor? _tls;
    readonly Housekeeping _housekeeping;

    RegistryServer(KestrelServer server, RegistryHouse house, TlsDoor? tls)
    {
        (_server, _house, _tls) = (server, house, tls);
        _housekeeping = new Housekeeping(house);
    }

    /// <summary>Where it listens, with the port that it really has.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>
    /// Opens the state and listens. Throws <see cref="ConflictException"/> when the address or the directory is in use,
    /// <see cref="InvalidParameterException"/> for options that cannot be.
    /// </summary>
    public static async Task<RegistryServer> StartAsync(RegistryOptions options, CancellationToken ct)
    {
        var address = ListenAddress.Parse(options.Listen);
        var tls = options.Tls is { } files ? new TlsDoor(files.Certificate, files.Key, null) : null;
        var house = new RegistryHouse(options, TimeProvider.System);
        var server = new KestrelServer(Options.Create(Configure(address, tls)), new SocketTransport(), NullLoggerFactory.Instance);
        var registry = new RegistryServer(server, house, tls);
        try
        {
            await server.StartAsync(new RegistryApplication(house), ct);
        }
        catch (Exception e)
        {
            await registry.DisposeAsync();
            if (e is IOException)
                throw new ConflictException($"could not listen on {options.Listen}: {e.Message}", e);
            throw;
        }
        var bound = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        registry.EndPoint = new IPEndPoint(address.Address, new Uri(bound).Port);
        options.Log?.Invoke($"registry listens on {registry.EndPoint}{(tls is null ? "" : " (TLS)")}, state in {options.Root}");
        registry._housekeeping.Start();
        return registry;
    }

    /// <summary>Collects garbage now, while the registry serves.</summary>
    public Task<CollectionResult> CollectAsync(CancellationToken ct = default) => _housekeeping.CollectAsync(ct);

    /// <summary>Accepts no more and lets running requests end until the token says no.</summary>
    public Task StopAsync(CancellationToken ct) => _server.StopAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _housekeeping.DisposeAsync();
        await StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
        _house.Dispose();
        _tls?.Dispose();
    }

    static KestrelServerOptions Configure(IPEndPoint address, TlsDoor? tls)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxResponseBufferSize = 1 << 20;
        kestrel.Limits.MaxRequestBufferSize = 1 << 20;
        kestrel.Listen(
            address,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (tls is not null)
                    ((IConnectionBuilder)listen).Use(tls.Use);
            }
        );
        return kestrel;
    }
}
