using System.Net;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Contracts;

namespace Pier.Cli.Networks;

/// <summary>--subnet, --ip-range, --gateway and --aux-address of one command, brought together by which subnet contains what.</summary>
static class AddressOptions
{
    public static IReadOnlyList<IpamRange> Ranges(ParsedLine line)
    {
        var (subnets, ranges, gateways) = (Split(line.List("subnet")), Split(line.List("ip-range")), Split(line.List("gateway")));
        var reserved = KeyValues.Map(line.List("aux-address")) ?? [];
        if (subnets.Count < ranges.Count || subnets.Count < gateways.Count)
            throw new CliFailure("every ip-range or gateway must have a corresponding subnet");
        var configs = subnets.Distinct(StringComparer.Ordinal).Select(s => new IpamRange { Subnet = s }).ToList();
        for (var i = 0; i < configs.Count; i++)
        for (var j = 0; j < i; j++)
            if (Contains(configs[i].Subnet, configs[j].Subnet) || Contains(configs[j].Subnet, configs[i].Subnet))
                throw new CliFailure("multiple overlapping subnet configuration is not supported");
        foreach (var range in ranges)
            Change(
                configs,
                range,
                "range",
                c =>
                    c.IPRange is null
                        ? c with
                        {
                            IPRange = range,
                        }
                        : throw new CliFailure($"cannot configure multiple ranges ({range}, {c.IPRange}) on the same subnet ({c.Subnet})")
            );
        foreach (var gateway in gateways)
            Change(
                configs,
                gateway,
                "gateway",
                c =>
                    c.Gateway is null
                        ? c with
                        {
                            Gateway = gateway,
                        }
                        : throw new CliFailure(
                            $"cannot configure multiple gateways ({gateway}, {c.Gateway}) for the same subnet ({c.Subnet})"
                        )
            );
        foreach (var (name, address) in reserved)
            Change(
                configs,
                address,
                "aux-address",
                c =>
                    c with
                    {
                        AuxiliaryAddresses = new Dictionary<string, string>(c.AuxiliaryAddresses ?? new Dictionary<string, string>())
                        {
                            [name] = address,
                        },
                    }
            );
        return configs;
    }

    static void Change(List<IpamRange> configs, string address, string what, Func<IpamRange, IpamRange> change)
    {
        var at = configs.FindIndex(c => Contains(c.Subnet, address));
        if (at < 0)
            throw new CliFailure($"no matching subnet for {what} {address}");
        configs[at] = change(configs[at]);
    }

    /// <summary>False as well for what cannot be read: the daemon says what is wrong with it.</summary>
    static bool Contains(string subnet, string address)
    {
        if (subnet.Split('/') is not [var network, var prefix] || !int.TryParse(prefix, out var bits))
            return false;
        if (!IPAddress.TryParse(network, out var first) || !IPAddress.TryParse(address.Split('/')[0], out var second))
            return false;
        var (a, b) = (first.GetAddressBytes(), second.GetAddressBytes());
        if (a.Length != b.Length || bits < 0 || bits > a.Length * 8)
            return false;
        for (var i = 0; i < bits; i++)
            if ((a[i / 8] >> (7 - i % 8) & 1) != (b[i / 8] >> (7 - i % 8) & 1))
                return false;
        return true;
    }

    static List<string> Split(IReadOnlyList<string> values) => [.. values.SelectMany(v => v.Split(',')).Where(v => v.Length > 0)];
}
