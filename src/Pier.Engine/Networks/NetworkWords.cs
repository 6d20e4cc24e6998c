using System.Globalization;
using System.Net;
using Pier.Model;
using Pier.Model.Notation;
using Pier.Network;
using Pier.Network.Addressing;

namespace Pier.Engine.Networks;

/// <summary>Between a network's record and the network room's words for it.</summary>
static class NetworkWords
{
    const string Bridge = "com.docker.network.bridge.",
        Driver = "com.docker.network.driver.";

    /// <summary>Options that each driver knows.</summary>
    static readonly Dictionary<string, string[]> Known = new()
    {
        ["bridge"] =
        [
            Bridge + "name",
            Bridge + "enable_icc",
            Bridge + "enable_ip_masquerade",
            Bridge + "host_binding_ipv4",
            Bridge + "mtu",
            Bridge + "default_bridge",
            Bridge + "inhibit_ipv4",
            Bridge + "gateway_mode_ipv4",
            Bridge + "gateway_mode_ipv6",
            Bridge + "trusted_host_interfaces",
            Driver + "mtu",
            "com.docker.network.container_iface_prefix",
        ],
        ["macvlan"] = ["parent", "macvlan_mode", Driver + "mtu"],
        ["ipvlan"] = ["parent", "ipvlan_mode", "ipvlan_flag", Driver + "mtu"],
    };

    public static NetworkDriver DriverOf(string name) =>
        name switch
        {
            "bridge" => NetworkDriver.Bridge,
            "macvlan" => NetworkDriver.Macvlan,
            "ipvlan" => NetworkDriver.Ipvlan,
            "host" => NetworkDriver.Host,
            "null" => NetworkDriver.Null,
            _ => throw new NotFoundException($"plugin \"{name}\" not found"),
        };

    /// <summary>What is to be made on the host.</summary>
    /// <param name="record">Checked by <see cref="NetworkRules"/>.</param>
    /// <param name="mtu">The daemon's default.</param>
    public static NetworkSpec Spec(NetworkRecord record, int mtu)
    {
        var options = record.Options;
        var ranges = record.Ranges.Where(r => r.Subnet.Length > 0).Select(Range).ToList();
        return new NetworkSpec(record.Id, record.Name, DriverOf(record.Driver))
        {
            Internal = record.Internal,
            Ipv4 = ranges.Find(r => !r.IsIpv6),
            Ipv6 = ranges.Find(r => r.IsIpv6),
            Device =
                record.Driver == "bridge"
                    ? (record.Device.Length > 0 ? record.Device : options.GetValueOrDefault(Bridge + "name") ?? "")
                    : "",
            Parent =
                record.Driver == "bridge" ? ""
                : record.Device.Length > 0 ? record.Device
                : options.GetValueOrDefault("parent") ?? "",
            OwnsDevice = record.OwnsDevice,
            ParentMode = options.GetValueOrDefault(record.Driver + "_mode") ?? "",
            InterContainer = Flag(options, Bridge + "enable_icc", true),
            Masquerade = Flag(options, Bridge + "enable_ip_masquerade", true),
            Mtu = Mtu(options) ?? mtu,
            PublishAddress = options.GetValueOrDefault(Bridge + "host_binding_ipv4") is { Length: > 0 } text ? Address(text) : null,
        };
    }

    /// <summary>The record with what was chosen.</summary>
    public static NetworkRecord Chosen(NetworkRecord record, NetworkSpec made) =>
        record with
        {
            Device = made.Driver == NetworkDriver.Bridge ? made.Device : made.Parent,
            OwnsDevice = made.OwnsDevice,
            Ranges = [.. made.Ranges.Select(range => Chosen(record, range))],
        };

    /// <summary>Refuses options whose value cannot be read, and those that Docker has and Pier has not.</summary>
    public static void CheckOptions(string driver, IReadOnlyDictionary<string, string> options)
    {
        foreach (var (key, value) in options)
        {
            if (Known.TryGetValue(driver, out var known) && !known.Contains(key))
                throw new InvalidParameterException($"invalid option: {key}: the {driver} driver has no such option");
            if (key is Bridge + "enable_icc" or Bridge + "enable_ip_masquerade")
                Flag(options, key, true);
            else if (key is Bridge + "mtu" or Driver + "mtu")
                Mtu(options);
            else if (key == Bridge + "host_binding_ipv4" && value.Length > 0)
                Address(value);
            else if (key is Bridge + "gateway_mode_ipv4" or Bridge + "gateway_mode_ipv6" && value is not ("" or "nat"))
                throw new UnsupportedException($"{key}={value} is not supported by this version of Pier");
            else if (key == Bridge + "inhibit_ipv4" && Flag(options, key, false))
                throw new UnsupportedException($"{key} is not supported by this version of Pier");
            else if (key is "ipvlan_flag" && value is not ("" or "bridge"))
                throw new UnsupportedException($"{key}={value} is not supported by this version of Pier");
            else if (key is "com.docker.network.container_iface_prefix" or Bridge + "trusted_host_interfaces" && value.Length > 0)
                throw new UnsupportedException($"{key} is not supported by this version of Pier");
        }
    }

    static AddressRange Range(NetworkRange range) =>
        new(
            Subnet.Parse(range.Subnet),
            range.Gateway is { Length: > 0 } gateway ? Address(gateway) : null,
            range.IpRange is { Length: > 0 } part ? Subnet.Parse(part) : null,
            range.AuxiliaryAddresses?.ToDictionary(a => a.Key, a => Address(a.Value))
        );

    static NetworkRange Chosen(NetworkRecord record, AddressRange range)
    {
        var asked = Array.Find(record.Ranges, r => r.Subnet.Length > 0 && Subnet.Parse(r.Subnet) == range.Subnet) ?? new NetworkRange();
        return asked with { Subnet = range.Subnet.ToString(), Gateway = range.Gateway?.ToString() };
    }

    static bool Flag(IReadOnlyDictionary<string, string> options, string key, bool standard) =>
        options.GetValueOrDefault(key) is not { Length: > 0 } text
            ? standard
            : GoBool.Parse(text)
                ?? throw new InvalidParameterException(
                    $"failed to parse {key} value: {text} (strconv.ParseBool: parsing \"{text}\": invalid syntax)"
                );

    static int? Mtu(IReadOnlyDictionary<string, string> options)
    {
        if ((options.GetValueOrDefault(Driver + "mtu") ?? options.GetValueOrDefault(Bridge + "mtu")) is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) && mtu is 0 or (>= 68 and <= 65535)
            ? (mtu == 0 ? null : mtu)
            : throw new InvalidParameterException(
                $"failed to parse {Driver}mtu value: {text} (strconv.Atoi: parsing \"{text}\": invalid syntax)"
            );
    }

    static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new InvalidParameterException($"invalid IP address: {text}");
}
