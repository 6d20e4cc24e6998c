using System.Globalization;
using System.Net;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;
using Pier.Network.Publishing;

namespace Pier.Engine.Containers;

/// <summary>Between the container's words for networks and the network room's.</summary>
static class NetworkRequests
{
    public static EndpointSpec For(ContainerRecord record)
    {
        var mode = NetworkMode.Parse(record.HostConfig.NetworkMode);
        var settings = record.Networking?.EndpointsConfig?.GetValueOrDefault(record.HostConfig.NetworkMode);
        var mac = settings is { MacAddress.Length: > 0 } ? settings.MacAddress : record.Config.MacAddress ?? "";
        return new EndpointSpec(record.Id, mode)
        {
            ContainerName = record.Name,
            Address = settings?.IPAMConfig is { IPv4Address.Length: > 0 } ipam ? ParseAddress(ipam.IPv4Address) : null,
            Mac = mac.Length == 0 ? null : MacAddress.TryParse(mac, out var parsed) ? parsed : throw new InvalidParameterException($"invalid MAC address: {mac}"),
            Ports = mode.Kind == NetworkModeKind.Bridge ? Ports(record) : [],
        };
    }

    /// <summary>What is stored, and what inspect shows.</summary>
    public static NetworkAttachment Stored(EndpointRecord endpoint) => new()
    {
        SandboxId = endpoint.SandboxId,
        SharedWith = endpoint.SharedWith,
        HostDevice = endpoint.HostDevice,
        Settings = new EndpointSettings
        {
            NetworkID = endpoint.NetworkId,
            EndpointID = endpoint.EndpointId,
            MacAddress = endpoint.Mac?.ToString() ?? "",
            IPAddress = endpoint.Address?.Address.ToString() ?? "",
            IPPrefixLen = endpoint.Address?.PrefixLength ?? 0,
            Gateway = endpoint.Gateway?.ToString() ?? "",
        },
        Ports = endpoint.Ports.GroupBy(p => Key(p.ContainerPort, p.Protocol)).ToDictionary(g => g.Key, g => g.Select(p => new PortBinding
        {
            HostIp = p.HostAddress.ToString(),
            HostPort = p.HostPort.ToString(CultureInfo.InvariantCulture),
        }).ToArray()),
    };

    /// <summary>A stored attachment as the network room takes it over after a restart of the daemon.</summary>
    public static EndpointRecord Restored(ContainerRecord record)
    {
        var stored = record.Network!;
        var settings = stored.Settings;
        return new EndpointRecord(record.Id, NetworkMode.Parse(record.HostConfig.NetworkMode))
        {
            EndpointId = settings.EndpointID,
            NetworkId = settings.NetworkID,
            SandboxId = stored.SandboxId,
            SharedWith = stored.SharedWith,
            HostDevice = stored.HostDevice,
            Address = settings.IPAddress.Length > 0 ? new InterfaceAddress(IPAddress.Parse(settings.IPAddress), settings.IPPrefixLen) : null,
            Gateway = settings.Gateway.Length > 0 ? IPAddress.Parse(settings.Gateway) : null,
            Mac = MacAddress.TryParse(settings.MacAddress, out var mac) ? mac : null,
            Ports = [.. stored.Ports.SelectMany(p => p.Value.Select(b =>
            {
                var (port, protocol) = ParsePort(p.Key);
                return new PublishedPort(protocol, port, IPAddress.Parse(b.HostIp), int.Parse(b.HostPort, CultureInfo.InvariantCulture));
            }))],
        };
    }

    static List<PortMapping> Ports(ContainerRecord record)
    {
        var mappings = new List<PortMapping>();
        foreach (var (key, bindings) in record.HostConfig.PortBindings ?? [])
        {
            var (port, protocol) = ParsePort(key);
            foreach (var binding in bindings is null or [] ? [new PortBinding()] : bindings) mappings.Add(Mapping(protocol, port, binding));
        }
        if (record.HostConfig.PublishAllPorts)
        {
            foreach (var key in record.Config.ExposedPorts?.Keys ?? Enumerable.Empty<string>())
            {
                var (port, protocol) = ParsePort(key);
                if (!mappings.Exists(m => m.ContainerPort == port && m.Protocol == protocol)) mappings.Add(new PortMapping(protocol, port));
            }
        }
        return mappings;
    }

    static PortMapping Mapping(TransportProtocol protocol, int port, PortBinding binding)
    {
        var address = binding.HostIp.Length == 0 ? null : ParseAddress(binding.HostIp);
        if (binding.HostPort.Length == 0) return new PortMapping(protocol, port, address);
        var range = binding.HostPort.Split('-');
        var first = ParseNumber(range[0], binding.HostPort);
        return new PortMapping(protocol, port, address, first, range.Length == 2 ? ParseNumber(range[1], binding.HostPort) : 0);
    }

    /// <summary>"80/tcp"; the protocol is tcp when it is left out.</summary>
    public static (int Port, TransportProtocol Protocol) ParsePort(string text)
    {
        var slash = text.IndexOf('/');
        var protocol = (slash < 0 ? "tcp" : text[(slash + 1)..]).ToLowerInvariant() switch
        {
            "tcp" => TransportProtocol.Tcp,
            "udp" => TransportProtocol.Udp,
            "sctp" => TransportProtocol.Sctp,
            var other => throw new InvalidParameterException($"invalid proto: {other}"),
        };
        return (ParseNumber(slash < 0 ? text : text[..slash], text), protocol);
    }

    static string Key(int port, TransportProtocol protocol) =>
        string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol.ToString().ToLowerInvariant()}");

    static int ParseNumber(string text, string whole) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new InvalidParameterException($"invalid port specification: \"{whole}\"");

    static IPAddress ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new InvalidParameterException($"invalid IP address: {text}");
}
