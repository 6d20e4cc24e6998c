using System.Globalization;
using System.Net;
using Pier.Model;

namespace Pier.Registry.Doors;

/// <summary>Reads "ADDRESS:PORT"; no address means every one.</summary>
static class ListenAddress
{
    public static IPEndPoint Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw new InvalidParameterException($"invalid listen address \"{text}\": use ADDRESS:PORT");
        var host = text[..colon];
        if (host.Length == 0)
            return new IPEndPoint(IPAddress.IPv6Any, port);
        if (host == "localhost")
            return new IPEndPoint(IPAddress.Loopback, port);
        return IPAddress.TryParse(host.Trim('[', ']'), out var address)
            ? new IPEndPoint(address, port)
            : throw new InvalidParameterException($"invalid listen address \"{text}\": {host} is not an IP address");
    }
}
