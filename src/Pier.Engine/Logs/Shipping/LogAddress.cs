using System.Globalization;

namespace Pier.Engine.Logs.Shipping;

/// <summary>Where a receiver listens: a protocol word, and host and port or a path.</summary>
sealed record LogAddress(string Protocol, string Host, int Port, string Path)
{
    /// <summary>"proto://host[:port]" or "proto:///path"; null for anything else. IPv6 hosts stand in brackets.</summary>
    public static LogAddress? Parse(string text, int defaultPort)
    {
        var mark = text.IndexOf("://", StringComparison.Ordinal);
        if (mark <= 0)
            return null;
        var (protocol, rest) = (text[..mark], text[(mark + 3)..]);
        if (rest.StartsWith('/'))
            return new LogAddress(protocol, "", 0, rest);
        rest = rest.TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        var (host, port) = colon > rest.LastIndexOf(']') ? (rest[..colon], rest[(colon + 1)..]) : (rest, "");
        var number = defaultPort;
        if (
            port.Length > 0
            && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > 65535)
        )
            return null;
        return host.Length == 0 ? null : new LogAddress(protocol, host.Trim('[', ']'), number, "");
    }

    public bool IsPath => Path.Length > 0;
}
