using System.Globalization;
using System.Net;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;

namespace Pier.Engine;

/// <summary>The engine's network options in the network room's words.</summary>
static class StackOptions
{
    /// <summary>Throws <see cref="InvalidParameterException"/> for what cannot be read.</summary>
    public static NetworkOptions For(EngineOptions options, string engineId) =>
        new()
        {
            BridgeName = options.Bridge,
            BridgeAddress =
                options.BridgeAddress is not { } address ? null
                : InterfaceAddress.TryParse(address, out var parsed) ? parsed
                : throw new InvalidParameterException($"invalid CIDR address: {address}"),
            Ipv6 = options.Network.Ipv6,
            BridgeSubnet6 = options.Network.BridgeSubnet6 is { } v6 ? Block(v6) : null,
            InterContainer = options.Network.InterContainer,
            IpForward = options.Network.IpForward,
            IpMasquerade = options.Network.IpMasquerade,
            Firewall = options.Network.Firewall,
            Mtu = options.Network.Mtu,
            PublishAddress = options.Network.PublishAddress is { } ip ? Address(ip) : null,
            HostGateway = options.Network.HostGateway is { } gateway ? Address(gateway) : null,
            Pools = options.Network.AddressPools.Count == 0 ? DefaultPools.Docker : [.. options.Network.AddressPools.Select(Pool)],
            IdSeed = engineId,
            Relay = options.Network.Relay ? new RelayOptions(options.ExecRoot, options.SupervisorCommand) : null,
            Log = options.Log,
        };

    /// <summary>"base=10.10.0.0/16,size=24".</summary>
    static SubnetPool Pool(string text)
    {
        Subnet? range = null;
        var size = 0;
        foreach (var field in text.Split(','))
        {
            if (field.StartsWith("base=", StringComparison.Ordinal))
                range = Block(field["base=".Length..]);
            else if (
                !field.StartsWith("size=", StringComparison.Ordinal)
                || !int.TryParse(field["size=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out size)
            )
                throw new InvalidParameterException($"invalid argument \"{text}\" for default-address-pool");
        }

        return range is { } block && size >= block.PrefixLength && size <= block.PrefixLength + block.HostBits
            ? new SubnetPool(block, size)
            : throw new InvalidParameterException($"invalid argument \"{text}\" for default-address-pool: invalid size");
    }

    static Subnet Block(string text) =>
        InterfaceAddress.TryParse(text, out var parsed)
            ? parsed.Subnet
            : throw new InvalidParameterException($"invalid CIDR address: {text}");

    static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new InvalidParameterException($"invalid IP address: {text}");
}
