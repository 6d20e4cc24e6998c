using System.Net;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;
using Pier.Model;
using Pier.Network.Addressing;
using Pier.Network.Bridges;
using Pier.Network.Dns;
using Pier.Network.Endpoints;
using Pier.Network.Firewall;
using Pier.Network.Publishing;
using Pier.Network.Relay;

namespace Pier.Network;

/// <summary>
/// The networks of one daemon on its host: devices, addresses, containers' namespaces, names, firewall table. Thread-safe, but calls about
/// one container must not overlap. Every call is a handful of system calls (about a millisecond), so that none is asynchronous. Failures
/// are <see cref="EngineException"/>s in Docker's words.
/// </summary>
public sealed partial class NetworkStack : IDisposable
{
    const string NoBridge = "none",
        TablePrefix = "pier-";

    readonly NetworkOptions _options;
    readonly NamespaceWorker _worker = new();
    readonly RouteSocket _route = new();
    readonly DnsServer _dns = new();
    readonly LateCloser _closer = new();
    readonly ReadyNamespaces _ready;
    readonly FirewallTable? _firewall;
    readonly FirewallGuard? _guard;
    readonly PortReservations _reservations;
    readonly PortRelay? _relay;
    readonly HostNetworks _networks;
    readonly Wiring _wiring;
    readonly Publisher _publisher;
    readonly DyingDevices _dying;
    readonly OpenLinks? _links;

    NetworkStack(NetworkOptions options)
    {
        _options = options;
        _ready = new ReadyNamespaces(_worker, options.ReadyNamespaces);
        _reservations = new PortReservations(_worker);
        if (options.Relay is { } relay)
            _relay = new PortRelay(
                relay.Directory,
                [.. relay.Program ?? SelfCommand.Current().With(), "relay", relay.Directory],
                _worker,
                _reservations.SocketOf,
                options.Log
            );
        try
        {
            DefaultNetwork = options.BridgeName == NoBridge ? null : Default(options);
            if (options.IpForward)
                Forwarding.EnableIpv4();
            // Without a bridge the daemon's own id keeps it apart from others.
            var owner = TablePrefix + (DefaultNetwork?.Device ?? Ids.Short(Id("table")));
            if (options.Firewall)
            {
                _firewall = new FirewallTable(owner, relayed: _relay is not null);
                _firewall.Install();
                _guard = new FirewallGuard(_firewall, options.Log);
            }

            _networks = new HostNetworks(_route, _firewall, options, owner);
            _wiring = new Wiring(_worker, _route);
            _publisher = new Publisher(_reservations, _firewall, _relay, id => _networks.Find(id)?.Spec);
            _dying = new DyingDevices(Sweep);
            if (_firewall is not null && DefaultNetwork is { InterContainer: false, Device: var bridge })
                _links = new OpenLinks(bridge, _worker, _firewall);
            if (DefaultNetwork is not null)
                _networks.Restore(DefaultNetwork);
        }
        catch
        {
            CloseParts();
            throw;
        }

        _ready.Fill();
    }

    /// <summary>
    /// Makes or takes over the default bridge and the firewall table. Call it on a thread of the network namespace that the daemon serves.
    /// </summary>
    public static NetworkStack Open(NetworkOptions options) =>
        HostErrors.Translate("error initializing network controller", () => new NetworkStack(options));

    /// <summary>The network "bridge", or null when it is switched off.</summary>
    public NetworkSpec? DefaultNetwork { get; }

    /// <summary>What "host-gateway" in --add-host stands for, or null without a bridge.</summary>
    public IPAddress? HostGateway => _options.HostGateway ?? DefaultNetwork?.Ipv4?.Gateway;

    /// <summary>The id of one of the three networks that every daemon has, the same after every start.</summary>
    public string Id(string network) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes($"{_options.IdSeed}/{_options.BridgeName}/{network}")
            )
        );

    /// <summary>
    /// Makes a network: chooses its subnets and device where they were left open, and returns the whole of it, to be stored.
    /// </summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="ipv4">Wants an IPv4 subnet, from the pools when it has none.</param>
    /// <param name="ipv6">Wants an IPv6 subnet.</param>
    /// <exception cref="ForbiddenException">A subnet or a bridge name is another network's.</exception>
    /// <exception cref="HostFailureException">The pools are used up, or the kernel refused.</exception>
    public NetworkSpec Create(NetworkSpec asked, bool ipv4, bool ipv6) =>
        HostErrors.Translate($"failed to create network {asked.Name}", () => _networks.Create(asked, ipv4, ipv6));

    /// <summary>Takes a stored network over after a restart; makes again what is missing.</summary>
    public void Restore(NetworkSpec network) =>
        HostErrors.Translate($"failed to restore network {network.Name}", () => _networks.Restore(network));

    /// <summary>Deletes a network; false when there is none of the id, or somebody is connected to it.</summary>
    public bool Remove(string networkId) =>
        HostErrors.Translate($"failed to delete network {networkId}", () => _networks.Delete(networkId));

    /// <summary>Removes the firewall table and every network's devices: for tests, and for a daemon that leaves nothing behind.</summary>
    public void Delete() =>
        HostErrors.Translate(
            "failed to delete networks",
            () =>
            {
                _firewall?.Delete();
                foreach (var network in _networks.All)
                    network.Delete();
            }
        );

    /// <summary>
    /// Closes sockets and handles. Devices, table and running containers' connections stay, for the next daemon; a table that no network
    /// needs does not.
    /// </summary>
    public void Dispose()
    {
        if (!_networks.All.Any())
            _firewall?.Delete();
        CloseSandboxes();
        CloseParts();
    }

    void CloseParts()
    {
        _dying?.Dispose();
        _dns.Dispose();
        _relay?.Dispose();
        _reservations.Dispose();
        _guard?.Dispose();
        _firewall?.Dispose();
        _route.Dispose();
        _ready.Dispose();
        _worker.Dispose();
        _ready.Dispose();
        _closer.Dispose();
    }

    NetworkSpec Default(NetworkOptions options)
    {
        var asked = options.BridgeAddress;
        if (asked is { } bad && !IsHostAddress(bad))
            throw new InvalidParameterException($"invalid bridge address {bad}: it is no host address of an IPv4 subnet");
        _route.Use(socket =>
        {
            BridgeDevice.CheckFree(socket, options.BridgeName);
            return true;
        });
        var address = asked ?? _route.Use(socket => BridgeDevice.AddressOf(socket, options.BridgeName)) ?? FirstFree(options);
        return new NetworkSpec(Id(NetworkMode.DefaultNetwork), NetworkMode.DefaultNetwork, NetworkDriver.Bridge)
        {
            Device = options.BridgeName,
            Ipv4 = new AddressRange(address.Subnet, address.Address),
            Ipv6 =
                options.BridgeSubnet6 is { } v6 ? new AddressRange(v6, v6.At(1))
                : options.Ipv6
                    ? new AddressRange(
                        DefaultPools.UniqueLocal(Id("v6")).Pieces().First(),
                        DefaultPools.UniqueLocal(Id("v6")).Pieces().First().At(1)
                    )
                : null,
            Mtu = options.Mtu,
            InterContainer = options.InterContainer,
            Masquerade = options.IpMasquerade,
            PublishAddress = options.PublishAddress,
            IsDefault = true,
        };
    }

    InterfaceAddress FirstFree(NetworkOptions options)
    {
        var pool =
            DefaultPools.FirstFree(options.Pools, ipv6: false, _route.Use(HostSubnets.InUse))
            ?? throw new HostFailureException("all predefined address pools have been fully subnetted");
        return new InterfaceAddress(pool.At(1), pool.PrefixLength);
    }

    static bool IsHostAddress(InterfaceAddress address) =>
        address.Address.GetAddressBytes().Length == 4
        && address.Subnet.HostBits >= 2
        && !address.Address.Equals(address.Subnet.Network)
        && !address.Address.Equals(BridgeDevice.Broadcast(address.Subnet));

    List<string> HostEnds() => _route.ListHostEnds(_networks.All.Select(n => n.Bridge).ToHashSet());

    void Sweep(IReadOnlyCollection<string> devices)
    {
        try
        {
            _route.DeleteLinks(HostEnds().Where(devices.Contains));
        }
        catch (Pier.Linux.LinuxException)
        {
            // The next start's Reconcile finds them again.
        }
        catch (ObjectDisposedException) { }
    }
}
