using System.Globalization;
using System.Net;
using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>What in a HostConfig has a notation of its own, checked when the container is made and not when it starts.</summary>
static class HostConfigSyntax
{
    public static void Check(HostConfig host)
    {
        foreach (var (key, bindings) in host.PortBindings ?? [])
        {
            NetworkRequests.ParsePort(key);
            foreach (var binding in bindings ?? [])
                if (!IsPortRange(binding.HostPort))
                    throw new InvalidParameterException($"invalid port specification: \"{binding.HostPort}\"");
        }
        foreach (var entry in host.ExtraHosts ?? [])
            ExtraHost(entry);
    }

    /// <summary>Keys separated by commas, each one character or ctrl- and a letter or one of @ [ \ ] ^ _.</summary>
    public static void DetachKeys(string? keys, string word)
    {
        if (keys is not { Length: > 0 })
            return;
        foreach (var key in keys.Split(','))
        {
            var known =
                key.Length == 1 && key[0] < 0x80
                || key.Length == 6
                    && key.StartsWith("ctrl-", StringComparison.Ordinal)
                    && key[5] is >= 'a' and <= 'z' or '@' or (>= '[' and <= '_');
            if (!known)
                throw new InvalidParameterException($"Invalid {word} keys ({keys}) provided");
        }
    }

    /// <summary>NAME:ADDRESS, where "host-gateway" stands for the host's address.</summary>
    static void ExtraHost(string entry)
    {
        var separator = entry.IndexOf(':');
        if (separator <= 0)
            throw new InvalidParameterException($"bad format for add-host: \"{entry}\"");
        var address = entry[(separator + 1)..].Trim('[', ']');
        if (address != "host-gateway" && !IPAddress.TryParse(address, out _))
            throw new InvalidParameterException($"invalid IP address in add-host: \"{address}\"");
    }

    static bool IsPortRange(string text)
    {
        if (text.Length == 0)
            return true;
        var dash = text.IndexOf('-');
        if (dash < 0)
            return IsPort(text, out _);
        return IsPort(text[..dash], out var first) && IsPort(text[(dash + 1)..], out var last) && first <= last;
    }

    static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
}
