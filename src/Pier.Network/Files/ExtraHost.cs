using System.Net;
using Pier.Model;

namespace Pier.Network.Files;

/// <summary>A line that a user adds to /etc/hosts (--add-host).</summary>
public sealed record ExtraHost(string Name, IPAddress Address)
{
    /// <summary>Stands for the bridge's address.</summary>
    public const string HostGateway = "host-gateway";

    /// <summary>Parses "name:address" or "name=address"; an IPv6 address may stand in brackets.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="hostGateway">What "host-gateway" stands for (<see cref="NetworkService.HostGateway"/>).</param>
    /// <exception cref="InvalidParameterException">In Docker's words.</exception>
    public static ExtraHost Parse(string text, IPAddress? hostGateway)
    {
        var at = text.IndexOfAny([':', '=']);
        var name = at > 0 ? text[..at] : "";
        if (name.Length == 0 || name.Any(char.IsWhiteSpace))
            throw new InvalidParameterException($"bad format for add-host: \"{text}\"");
        var value = text[(at + 1)..];
        if (value == HostGateway)
            return new ExtraHost(
                name,
                hostGateway ?? throw new InvalidParameterException("unable to derive the IP value for host-gateway")
            );
        if (value is ['[', .. var inner, ']'])
            value = inner;
        return IPAddress.TryParse(value, out var address) && (value.Contains(':') || value.Count(c => c == '.') == 3)
            ? new ExtraHost(name, address)
            : throw new InvalidParameterException($"invalid IP address in add-host: \"{value}\"");
    }
}
