using System.Net.Sockets;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Model;
using Pier.Network.Addressing;
using Pier.Network.Bridges;

namespace Pier.Network.Endpoints;

/// <summary>Connects a namespace to one network, and takes it off again: device, addresses, default routes.</summary>
sealed class Wiring(NamespaceWorker worker, RouteSocket route)
{
    /// <summary>Connects. On failure nothing is left but what goes away with a fresh namespace.</summary>
    /// <param name="door">The container's namespace.</param>
    /// <param name="sandbox">What it is connected to already.</param>
    /// <param name="network">The network.</param>
    /// <param name="asked">How.</param>
    /// <param name="published">It has published ports.</param>
    public EndpointRecord Connect(NamespaceDoor door, SandboxRecord sandbox, IHostNetwork network, EndpointSpec asked, bool published)
    {
        var (v4, v6) = network.Addresses.Take(asked.Address, asked.Address6);
        string? device = null;
        try
        {
            var mac = asked.Mac ?? (v4 is { } own ? MacAddress.For(own.Address) : MacAddress.Random());
            var plugged = network.Plug(door, asked.Device ?? door.NextName(), mac, published);
            device = plugged.Name;
            var endpoint = new EndpointRecord(network.Spec.Id, network.Spec.Name)
            {
                EndpointId = Ids.New(),
                Address = v4,
                Address6 = v6,
                Gateway = network.Spec.Internal ? null : network.Spec.Ipv4?.Gateway,
                Gateway6 = network.Spec.Internal ? null : network.Spec.Ipv6?.Gateway,
                Mac = network.Spec.Driver == NetworkDriver.Ipvlan ? null : mac,
                HostDevice = plugged.HostEnd,
                Device = plugged.Name,
                GatewayPriority = asked.GatewayPriority,
                Names = asked.Names,
                Links = asked.Links,
            };
            Configure(door, sandbox, endpoint, asked, plugged.Index);
            return endpoint;
        }
        catch
        {
            if (device is not null && !door.Fresh)
                door.Inside.TryExecute(new NetlinkWriter().DeleteLink(device));
            network.Addresses.Release(v4, v6);
            throw;
        }
    }

    /// <summary>Leads the default routes elsewhere, then takes the device away.</summary>
    public void Disconnect(NamespaceDoor door, SandboxRecord before, EndpointRecord endpoint)
    {
        var after = before with { Endpoints = [.. before.Endpoints.Where(e => e.NetworkId != endpoint.NetworkId)] };
        var batch = new NetlinkWriter();
        foreach (var ipv6 in (bool[])[false, true])
        {
            if (before.Way(ipv6)?.NetworkId == endpoint.NetworkId && after.Way(ipv6) is { } next)
                SetDefault(batch, door, next, ipv6);
        }

        if (batch.Count > 0)
            door.Inside.Execute(batch);
        DeviceRemoval.Remove(door, endpoint.Device, worker.OpenDoor(door.Handle).Inside);
    }

    /// <summary>Sets the default route of a family that has none.</summary>
    public static void RestoreDefaults(NamespaceDoor door, SandboxRecord sandbox)
    {
        var routes = door.Inside.ListRoutes().Where(r => r.PrefixLength == 0).ToList();
        var batch = new NetlinkWriter();
        foreach (var ipv6 in (bool[])[false, true])
        {
            var family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            if (sandbox.Way(ipv6) is { } way && !routes.Exists(r => r.Destination.AddressFamily == family))
                SetDefault(batch, door, way, ipv6);
        }

        if (batch.Count > 0)
            door.Inside.Execute(batch);
    }

    /// <summary>Deletes the host's ends of devices: for a namespace that lives on without its container.</summary>
    public void DeleteHostEnds(IEnumerable<string> hostEnds) => route.DeleteLinks(hostEnds);

    void Configure(NamespaceDoor door, SandboxRecord sandbox, EndpointRecord endpoint, EndpointSpec asked, int index)
    {
        var ipv6 = endpoint.Address6 is not null || asked.LinkLocal.Any(a => a.IsIpv6);
        if (ipv6 || asked.Settings.Count > 0)
        {
            worker.Within(
                door.Handle,
                () =>
                {
                    if (ipv6)
                        ContainerSettings.EnableIpv6(endpoint.Device);
                    ContainerSettings.Apply(endpoint.Device, asked.Settings);
                    return true;
                }
            );
        }

        var with = sandbox with { Endpoints = [.. sandbox.Endpoints, endpoint] };
        var batch = new NetlinkWriter().SetUp(index);
        if (endpoint.Address is { } v4)
            batch.AddAddress(index, v4.Address, v4.PrefixLength, BridgeDevice.Broadcast(v4.Subnet));
        if (endpoint.Address6 is { } v6)
            batch.AddAddress(index, v6.Address, v6.PrefixLength);
        foreach (var local in asked.LinkLocal)
            batch.AddAddress(index, local.Address, local.PrefixLength);
        if (with.Way(ipv6: false) == endpoint)
            batch.SetDefaultRoute(endpoint.Gateway!, index);
        if (with.Way(ipv6: true) == endpoint)
            batch.SetDefaultRoute(endpoint.Gateway6!, index);
        door.Inside.Execute(batch);
    }

    static void SetDefault(NetlinkWriter batch, NamespaceDoor door, EndpointRecord endpoint, bool ipv6)
    {
        if (door.Inside.FindLink(endpoint.Device) is { } link)
            batch.SetDefaultRoute((ipv6 ? endpoint.Gateway6 : endpoint.Gateway)!, link.Index);
    }
}
