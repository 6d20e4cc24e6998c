using System.Globalization;
using System.Net;
using Pier.Engine.Networks;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Dns;
using Pier.Network.Endpoints;
using Pier.Network.Publishing;

namespace Pier.Engine.Containers;

/// <summary>Between the container's words for networks and the network room's.</summary>
sealed class NetworkRequests(EngineParts parts)
{
    /// <summary>What a container that is about to start asks for.</summary>
    public SandboxSpec For(ContainerRecord record, Upstreams upstreams)
    {
        var mode = NetworkMode.Parse(record.HostConfig.NetworkMode);
        // The other may have come, or got its name, after this one was made.
        if (mode.Container is { } other)
            mode = NetworkMode.Parse("container:" + parts.Containers.Resolve(other).Id);
        return new SandboxSpec(record.Id, mode)
        {
            ContainerName = record.Name,
            Endpoints = mode.Kind is NetworkModeKind.Network or NetworkModeKind.None ? [.. Endpoints(record, mode)] : [],
            Ports = mode.Kind == NetworkModeKind.Network ? Ports(record) : [],
            Upstreams = upstreams,
        };
    }

    /// <summary>One network of a container.</summary>
    public EndpointSpec Endpoint(ContainerRecord record, NetworkRecord network, EndpointSettings asked)
    {
        EndpointRules.Check(network, asked);
        var own = NetworkMode.Parse(record.HostConfig.NetworkMode).Name;
        var mac =
            asked.MacAddress.Length > 0 ? asked.MacAddress
            : own == network.Name || own == network.Id ? record.Config.MacAddress ?? ""
            : "";
        return new EndpointSpec(network.Id)
        {
            Address = asked.IPAMConfig is { IPv4Address.Length: > 0 } v4 ? ParseAddress(v4.IPv4Address) : null,
            Address6 = asked.IPAMConfig is { IPv6Address.Length: > 0 } v6 ? ParseAddress(v6.IPv6Address) : null,
            Mac =
                mac.Length == 0 ? null
                : MacAddress.TryParse(mac, out var parsed) ? parsed
                : throw new InvalidParameterException($"invalid MAC address: {mac}"),
            Names = network.IsPredefined ? [] : Names(record, asked),
            Links = network.IsPredefined ? [] : Links(record, asked),
            GatewayPriority = asked.GwPriority,
            Device = EndpointWords.Device(asked),
            Settings = EndpointWords.Settings(asked),
            LinkLocal = EndpointWords.LinkLocal(asked),
        };
    }

    /// <summary>Names that a container has in a user-defined network: its own, its aliases, its short id, its host name.</summary>
    public static IReadOnlyList<string> Names(ContainerRecord record, EndpointSettings? asked) =>
        [
            .. ((string[])[record.Name, .. asked?.Aliases ?? [], Ids.Short(record.Id), record.Config.Hostname])
                .Where(n => n.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>What is stored, and what inspect shows.</summary>
    public static NetworkAttachment Stored(SandboxRecord sandbox, ContainerRecord container, EngineParts parts) =>
        new()
        {
            SandboxId = sandbox.SandboxId,
            SharedWith = sandbox.SharedWith,
            Endpoints =
                sandbox.Mode.Kind == NetworkModeKind.Host || (sandbox.Mode.Kind == NetworkModeKind.None && sandbox.Endpoints.Count == 0)
                    ? [Without(sandbox, container, parts)]
                    : [.. sandbox.Endpoints.Select(e => Stored(e, container))],
            DnsServers = [.. sandbox.Upstreams.Servers.Select(s => s.ToString())],
            DnsFromHost = sandbox.Upstreams.FromHost,
            Ports = sandbox
                .Ports.GroupBy(p => Key(p.ContainerPort, p.Protocol))
                .ToDictionary(
                    g => g.Key,
                    g =>
                        g.Select(p => new PortBinding
                            {
                                HostIp = p.HostAddress.ToString(),
                                HostPort = p.HostPort.ToString(CultureInfo.InvariantCulture),
                            })
                            .ToArray()
                ),
        };

    /// <summary>A stored attachment as the network room takes it over after a restart of the daemon.</summary>
    public static SandboxRecord Restored(ContainerRecord record)
    {
        var stored = record.Network!;
        return new SandboxRecord(record.Id, NetworkMode.Parse(record.HostConfig.NetworkMode))
        {
            SandboxId = stored.SandboxId,
            SharedWith = stored.SharedWith,
            Endpoints = [.. stored.Endpoints.Where(e => e.Device.Length > 0).Select(Restored)],
            Upstreams = new Upstreams([.. stored.DnsServers.Select(IPAddress.Parse)], stored.DnsFromHost),
            Ports =
            [
                .. stored.Ports.SelectMany(p =>
                    p.Value.Select(b =>
                    {
                        var (port, protocol) = ParsePort(p.Key);
                        return new PublishedPort(
                            protocol,
                            port,
                            IPAddress.Parse(b.HostIp),
                            int.Parse(b.HostPort, CultureInfo.InvariantCulture)
                        );
                    })
                ),
            ],
        };
    }

    IEnumerable<EndpointSpec> Endpoints(ContainerRecord record, NetworkMode mode)
    {
        // The network that it was made for comes first: its device is eth0.
        var asked = record.Networking?.EndpointsConfig ?? (mode.Kind == NetworkModeKind.Network ? new() { [mode.Name!] = null } : []);
        foreach (
            var (name, settings) in asked
                .OrderBy(e => e.Key != mode.Name && e.Value?.NetworkID != mode.Name)
                .ThenBy(e => e.Key, StringComparer.Ordinal)
        )
        {
            if (name == "none")
                continue;
            // By id, unless a network of the same name has taken its place.
            var network =
                (settings is { NetworkID.Length: > 0 } ? parts.Networks.Find(settings.NetworkID) : null) ?? parts.Networks.Resolve(name);
            yield return Endpoint(record, network, settings ?? new EndpointSettings());
        }
    }

    Dictionary<string, string> Links(ContainerRecord record, EndpointSettings asked)
    {
        var links = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var link in asked.Links ?? record.HostConfig.Links ?? [])
        {
            var (target, alias) = LinkSyntax.Parse(link);
            // The id stays when the other one is renamed.
            links[alias] = Ids.Short(parts.Containers.Resolve(target).Id);
        }

        return links;
    }

    static StoredEndpoint Stored(EndpointRecord endpoint, ContainerRecord container)
    {
        var asked = container.Networking?.EndpointsConfig?.GetValueOrDefault(endpoint.NetworkName);
        return new StoredEndpoint
        {
            Network = endpoint.NetworkName,
            HostDevice = endpoint.HostDevice,
            Device = endpoint.Device,
            Links = new Dictionary<string, string>(endpoint.Links),
            Settings = (asked ?? new EndpointSettings()) with
            {
                NetworkID = endpoint.NetworkId,
                EndpointID = endpoint.EndpointId,
                MacAddress = endpoint.Mac?.ToString() ?? "",
                IPAddress = endpoint.Address?.Address.ToString() ?? "",
                IPPrefixLen = endpoint.Address?.PrefixLength ?? 0,
                Gateway = endpoint.Gateway?.ToString() ?? "",
                GlobalIPv6Address = endpoint.Address6?.Address.ToString() ?? "",
                GlobalIPv6PrefixLen = endpoint.Address6?.PrefixLength ?? 0,
                IPv6Gateway = endpoint.Gateway6?.ToString() ?? "",
                DNSNames = endpoint.Names.Count == 0 ? null : [.. endpoint.Names],
            },
        };
    }

    /// <summary>The networks "host" and "none" have members as well, without an address.</summary>
    static StoredEndpoint Without(SandboxRecord sandbox, ContainerRecord container, EngineParts parts)
    {
        var name = sandbox.Mode.ToString();
        var before = container.Network?.Endpoints.FirstOrDefault(e => e.Network == name)?.Settings.EndpointID;
        return new StoredEndpoint
        {
            Network = name,
            Settings = new EndpointSettings { NetworkID = parts.Network.Id(name), EndpointID = before ?? Ids.New() },
        };
    }

    static EndpointRecord Restored(StoredEndpoint stored)
    {
        var settings = stored.Settings;
        static InterfaceAddress? Parse(string address, int prefix) =>
            address.Length > 0 ? new InterfaceAddress(IPAddress.Parse(address), prefix) : null;
        return new EndpointRecord(settings.NetworkID, stored.Network)
        {
            EndpointId = settings.EndpointID,
            HostDevice = stored.HostDevice,
            Device = stored.Device,
            Address = Parse(settings.IPAddress, settings.IPPrefixLen),
            Address6 = Parse(settings.GlobalIPv6Address, settings.GlobalIPv6PrefixLen),
            Gateway = settings.Gateway.Length > 0 ? IPAddress.Parse(settings.Gateway) : null,
            Gateway6 = settings.IPv6Gateway.Length > 0 ? IPAddress.Parse(settings.IPv6Gateway) : null,
            Mac = MacAddress.TryParse(settings.MacAddress, out var mac) ? mac : null,
            GatewayPriority = settings.GwPriority,
            Names = settings.DNSNames ?? [],
            Links = new Dictionary<string, string>(stored.Links, StringComparer.OrdinalIgnoreCase),
        };
    }

    static List<PortMapping> Ports(ContainerRecord record)
    {
        var mappings = new List<PortMapping>();
        foreach (var (key, bindings) in record.HostConfig.PortBindings ?? [])
        {
            var (port, protocol) = ParsePort(key);
            foreach (var binding in bindings is null or [] ? [new PortBinding()] : bindings)
                mappings.Add(Mapping(protocol, port, binding));
        }
        if (record.HostConfig.PublishAllPorts)
        {
            foreach (var key in record.Config.ExposedPorts?.Keys ?? Enumerable.Empty<string>())
            {
                var (port, protocol) = ParsePort(key);
                if (!mappings.Exists(m => m.ContainerPort == port && m.Protocol == protocol))
                    mappings.Add(new PortMapping(protocol, port));
            }
        }
        return mappings;
    }

    static PortMapping Mapping(TransportProtocol protocol, int port, PortBinding binding)
    {
        var address = binding.HostIp.Length == 0 ? null : ParseAddress(binding.HostIp);
        if (binding.HostPort.Length == 0)
            return new PortMapping(protocol, port, address);
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
        var number = slash < 0 ? text : text[..slash];
        return (ParseNumber(number, number), protocol);
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
