using System.Net;
using System.Text.RegularExpressions;
using Pier.Model;
using Pier.Network.Addressing;

namespace Pier.Engine.Networks;

/// <summary>What a network may be called and made of, with Docker's texts.</summary>
static partial class NetworkRules
{
    static readonly string[] Predefined = ["bridge", "host", "none", "default"];

    public static void Check(CreateNetwork asked)
    {
        if (asked.Name.Length == 0)
            throw new InvalidParameterException("invalid name: name is empty");
        if (!ValidName().IsMatch(asked.Name))
            throw new InvalidParameterException($"invalid network name \"{asked.Name}\": only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed");
        if (Predefined.Contains(asked.Name))
            throw new ForbiddenException($"operation is not permitted on predefined {asked.Name} network");
        NetworkWords.DriverOf(asked.Driver);
        if (asked.Driver is "host" or "null")
            throw new ForbiddenException($"only one instance of \"{asked.Driver}\" network is allowed");
        if (asked.IpamDriver is not ("" or "default"))
            throw new NotFoundException($"plugin \"{asked.IpamDriver}\" not found");
        if (!asked.EnableIPv4 && !asked.EnableIPv6)
            throw new InvalidParameterException("IPv4 or IPv6 must be enabled");
        NetworkWords.CheckOptions(asked.Driver, asked.Options);
        CheckRanges(asked);
    }

    static void CheckRanges(CreateNetwork asked)
    {
        var problems = asked.Ranges.SelectMany(Problems).ToList();
        if (asked.Driver != "bridge" && asked.Ranges.Count(r => r.Subnet.Length > 0 && !r.Subnet.Contains(':')) > 1)
            problems.Add($"{asked.Driver} driver does not support multiple IPv4 subnets in this version of Pier");
        if (asked.Driver != "bridge" && asked.Ranges.Count(r => r.Subnet.Contains(':')) > 1)
            problems.Add($"{asked.Driver} driver does not support multiple IPv6 subnets in this version of Pier");
        if (!asked.EnableIPv6 && asked.Ranges.Any(r => r.Subnet.Contains(':')))
            problems.Add("IPv6 subnet given, but IPv6 is not enabled for the network");
        if (problems.Count > 0)
            throw new InvalidParameterException("invalid network config:\n" + string.Join('\n', problems));
        if (
            asked.Driver == "bridge"
            && asked.Ranges.Where(r => r.Subnet.Length > 0).GroupBy(r => r.Subnet.Contains(':')).Any(g => g.Count() > 1)
        )
            throw new ForbiddenException("bridge driver doesn't support multiple subnets");
    }

    static IEnumerable<string> Problems(NetworkRange range)
    {
        if (range.Subnet.Length == 0)
        {
            if (range.Gateway is { Length: > 0 } lone)
                yield return $"invalid gateway {lone}: it needs a subnet";
            if (range.IpRange is { Length: > 0 } part)
                yield return $"invalid ip-range {part}: it needs a subnet";
            yield break;
        }

        if (!InterfaceAddress.TryParse(range.Subnet, out var block))
        {
            yield return $"invalid subnet {range.Subnet}: invalid CIDR block notation";
            yield break;
        }

        var subnet = block.Subnet;
        if (!block.Address.Equals(subnet.Network))
            yield return $"invalid subnet {range.Subnet}: it should be {subnet}";
        if (range.IpRange is { Length: > 0 } text)
            foreach (var problem in RangeProblems(subnet, text))
                yield return problem;
        if (range.Gateway is { Length: > 0 } gateway && AddressProblem(subnet, gateway) is { } bad)
            yield return $"invalid gateway {gateway}: {bad}";
        foreach (var (name, address) in range.AuxiliaryAddresses ?? [])
            if (AddressProblem(subnet, address) is { } wrong)
                yield return $"invalid auxiliary address {name}: {wrong}";
    }

    static IEnumerable<string> RangeProblems(Subnet subnet, string text)
    {
        if (!InterfaceAddress.TryParse(text, out var part))
            yield return $"invalid ip-range {text}: invalid CIDR block notation";
        else if (part.Address.AddressFamily != subnet.Network.AddressFamily)
            yield return $"invalid ip-range {text}: parent subnet is an IPv{(subnet.Network.GetAddressBytes().Length == 4 ? 4 : 6)} block";
        else if (part.PrefixLength < subnet.PrefixLength)
            yield return $"invalid ip-range {text}: CIDR block is bigger than its parent subnet {subnet}";
        else if (!subnet.Contains(part.Address))
            yield return $"invalid ip-range {text}: parent subnet {subnet} doesn't contain ip-range";
        else if (!part.Address.Equals(part.Subnet.Network))
            yield return $"invalid ip-range {text}: it should be {part.Subnet}";
    }

    static string? AddressProblem(Subnet subnet, string text)
    {
        if (!IPAddress.TryParse(text, out var address))
            return "invalid address";
        if (address.AddressFamily != subnet.Network.AddressFamily)
            return $"parent subnet is an IPv{(subnet.Network.GetAddressBytes().Length == 4 ? 4 : 6)} block";
        return subnet.Contains(address) ? null : $"parent subnet {subnet} doesn't contain this address";
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidName();
}
