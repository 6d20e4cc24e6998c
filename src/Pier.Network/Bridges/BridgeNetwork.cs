using System.Net;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Model;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;
using Pier.Network.Firewall;
using Pier.Network.Publishing;

namespace Pier.Network.Bridges;

/// <summary>The default bridge network: device, addresses, published ports, firewall table. Thread-safe.</summary>
sealed class BridgeNetwork : IDisposable
{
    /// <summary>Room for a batch of some thousand map elements.</summary>
    const int FirewallSendBuffer = 4 << 20;

    readonly NetworkOptions _options;
    readonly string _id;
    readonly NetlinkSocket _route, _netfilter;
    readonly BridgeDevice _device;
    readonly BridgePlug _plug;
    readonly AddressPool _addresses;
    readonly PortReservations _ports;
    readonly FirewallTable? _firewall;
    readonly DyingDevices _dying;

    /// <summary>Guards addresses and port reservations; never held while the kernel works on devices.</summary>
    readonly Lock _gate = new();

    /// <summary>Makes or takes over everything, in the calling thread's namespace.</summary>
    public BridgeNetwork(NetworkOptions options, string id, NamespaceWorker worker)
    {
        (_options, _id) = (options, id);
        _route = NetlinkSocket.Open(NetlinkProtocol.Route);
        _netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        _netfilter.SetSendBuffer(FirewallSendBuffer);
        _device = BridgeDevice.Ensure(_route, options);
        _plug = new BridgePlug(_route, _device, options);
        _addresses = new AddressPool(_device.Address.Subnet, _device.Address.Address, "bridge");
        _ports = new PortReservations(worker);
        _dying = new DyingDevices(Sweep);
        if (options.IpForward) NetworkSettings.Set("ipv4/ip_forward", "1");
        if (!options.Firewall) return;
        _firewall = new FirewallTable(
            _netfilter, new FirewallRules(_device.Name, _device.Address.Subnet, options.IpMasquerade, options.InterContainer));
        _firewall.Install();
    }

    /// <summary>The bridge's address and prefix.</summary>
    public InterfaceAddress Address => _device.Address;

    /// <summary>Connects a namespace; on failure nothing is left but what goes away with the namespace.</summary>
    public EndpointRecord Attach(EndpointSpec spec, ReadyNamespace target)
    {
        _firewall?.Restore();
        var address = TakeAddress(spec.Address);
        try
        {
            var mac = spec.Mac ?? MacAddress.For(address);
            var record = new EndpointRecord(spec.ContainerId, spec.Mode)
            {
                EndpointId = Ids.New(),
                NetworkId = _id,
                SandboxId = Ids.New(),
                Address = new InterfaceAddress(address, _device.Address.PrefixLength),
                Gateway = _device.Address.Address,
                Mac = mac,
                HostDevice = _plug.Connect(target, address, mac, published: spec.Ports.Count > 0),
            };
            return spec.Ports.Count == 0 ? record : record with { Ports = Publish(spec, record) };
        }
        catch
        {
            lock (_gate) _addresses.Release(address);
            throw;
        }
    }

    /// <summary>Takes a stored endpoint over.</summary>
    public void Adopt(EndpointRecord record)
    {
        lock (_gate)
        {
            if (record.Address is { } address) _addresses.Take(address.Address);
            _ports.Adopt(record.Ports);
        }
    }

    /// <summary>Frees the address and the ports; deletes the device when others live on in the namespace.</summary>
    public void Release(EndpointRecord record, bool shared)
    {
        if (record.Ports.Count > 0)
        {
            _firewall?.Unpublish(record.Ports);
            lock (_gate) _ports.Release(record.Ports);
        }

        if (record.HostDevice is { } device)
        {
            if (shared) _plug.Remove([device]);
            else _dying.Add(device);
        }

        if (record.Address is { } address)
            lock (_gate) _addresses.Release(address.Address);
    }

    /// <summary>Removes ports of the bridge and published ports that belong to none of the endpoints, and restores missing ones.</summary>
    public void Reconcile(IReadOnlyCollection<EndpointRecord> live)
    {
        var known = live.Select(e => e.HostDevice).ToHashSet();
        _plug.Remove(_plug.ListPorts().Where(p => !known.Contains(p)));
        _firewall?.Restore();
        _firewall?.Reconcile([.. live.Where(e => e.Address is not null).SelectMany(e => e.Ports.Select(p => (e.Address!.Value.Address, p)))]);
    }

    /// <summary>Docker's names for the driver's options.</summary>
    public Dictionary<string, string> DescribeOptions() => new()
    {
        ["com.docker.network.bridge.default_bridge"] = "true",
        ["com.docker.network.bridge.enable_icc"] = _options.InterContainer ? "true" : "false",
        ["com.docker.network.bridge.enable_ip_masquerade"] = _options.IpMasquerade ? "true" : "false",
        ["com.docker.network.bridge.host_binding_ipv4"] = _options.PublishAddress.ToString(),
        ["com.docker.network.bridge.name"] = _device.Name,
        ["com.docker.network.driver.mtu"] = _options.Mtu.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Removes the table, the ports and the bridge itself.</summary>
    public void Delete()
    {
        _firewall?.Delete();
        _plug.Remove([.. _plug.ListPorts(), _device.Name]);
    }

    public void Dispose()
    {
        _dying.Dispose();
        _ports.Dispose();
        _route.Dispose();
        _netfilter.Dispose();
    }

    IPAddress TakeAddress(IPAddress? asked)
    {
        lock (_gate)
        {
            if (asked is null) return _addresses.Take();
            _addresses.Take(asked);
            return asked;
        }
    }

    IReadOnlyList<PublishedPort> Publish(EndpointSpec spec, EndpointRecord record)
    {
        var where = $"driver failed programming external connectivity on endpoint {spec.ContainerName} ({record.EndpointId})";
        if (_firewall is null) throw new UnsupportedException($"{where}: ports cannot be published with --iptables=false");
        IReadOnlyList<PublishedPort> ports;
        try
        {
            lock (_gate) ports = _ports.Reserve(spec.Ports, _options.PublishAddress);
        }
        catch (HostFailureException e)
        {
            throw new HostFailureException($"{where}: {e.Message}", e);
        }

        try
        {
            _firewall.Publish(record.Address!.Value.Address, ports);
            return ports;
        }
        catch
        {
            lock (_gate) _ports.Release(ports);
            throw;
        }
    }

    void Sweep(IReadOnlyCollection<string> devices)
    {
        try
        {
            _plug.Remove(_plug.ListPorts().Where(devices.Contains));
        }
        catch (LinuxException)
        {
            // The next start's Reconcile finds them again.
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
