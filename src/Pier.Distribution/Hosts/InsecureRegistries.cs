using System.Net;

namespace Pier.Distribution.Hosts;

/// <summary>Which registries may be reached without a checked certificate: names, addresses and networks; the own machine always.</summary>
sealed class InsecureRegistries
{
    readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    readonly List<IPNetwork> _networks = [new(IPAddress.Parse("127.0.0.0"), 8), new(IPAddress.IPv6Loopback, 128)];

    public InsecureRegistries(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
        {
            if (IPNetwork.TryParse(entry, out var network))
                _networks.Add(network);
            else
                _hosts.Add(entry);
        }
    }

    /// <summary>
    /// <paramref name="host"/> is "name" or "name:port". Only literal addresses match networks: a name's address is whatever its DNS says.
    /// </summary>
    public bool Contains(string host)
    {
        if (_hosts.Contains(host))
            return true;
        var name =
            host.StartsWith('[') ? host[1..Math.Max(1, host.IndexOf(']'))]
            : host.IndexOf(':') is var colon and >= 0 ? host[..colon]
            : host;
        if (_hosts.Contains(name) || name == "localhost")
            return true;
        return IPAddress.TryParse(name, out var address) && _networks.Exists(n => n.Contains(address));
    }
}
