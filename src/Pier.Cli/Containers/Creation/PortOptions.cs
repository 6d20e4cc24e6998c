using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>-p [[IP:][HOST-PORTS]:]PORTS[/PROTOCOL] and --expose PORTS[/PROTOCOL].</summary>
sealed record PortOptions(Dictionary<string, EmptyObject>? Exposed, Dictionary<string, PortBinding[]?>? Bindings)
{
    public static PortOptions Read(ParsedLine line)
    {
        var exposed = new Dictionary<string, EmptyObject>();
        var bindings = new Dictionary<string, List<PortBinding>>();
        foreach (var spec in line.List("publish"))
            Publish(spec, exposed, bindings);
        foreach (var spec in line.List("expose"))
            Expose(spec, exposed);
        return new PortOptions(
            exposed.Count == 0 ? null : exposed,
            bindings.Count == 0 ? null : bindings.ToDictionary(b => b.Key, b => (PortBinding[]?)[.. b.Value])
        );
    }

    static void Expose(string spec, Dictionary<string, EmptyObject> exposed)
    {
        if (spec.Contains(':'))
            throw new CliFailure($"invalid port format for --expose: {spec}", 125);
        var (ports, protocol) = SplitProtocol(spec);
        if (!TryRange(ports, out var first, out var last))
            throw new CliFailure($"invalid range format for --expose: {spec}", 125);
        for (var port = first; port <= last; port++)
            exposed[Key(port, protocol)] = EmptyObject.Instance;
    }

    static void Publish(string spec, Dictionary<string, EmptyObject> exposed, Dictionary<string, List<PortBinding>> bindings)
    {
        if (spec.StartsWith("target=", StringComparison.Ordinal) || spec.Contains(",target=", StringComparison.Ordinal))
            spec = FromLongSyntax(spec);
        var (text, protocol) = SplitProtocol(spec);
        var (ip, host, container) = SplitParts(text, spec);
        if (!TryRange(container, out var first, out var last))
            throw new CliFailure($"invalid containerPort: {container}", 125);
        var (hostFirst, hostLast) = (0, 0);
        if (host.Length > 0 && !TryRange(host, out hostFirst, out hostLast))
            throw new CliFailure($"invalid hostPort: {host}", 125);
        // A range of host ports for one container port means: one of them.
        if (host.Length > 0 && hostLast - hostFirst != last - first && first != last)
            throw new CliFailure($"invalid ranges specified for container and host Ports: {container} and {host}", 125);
        for (var port = first; port <= last; port++)
        {
            var hostPort =
                host.Length == 0 ? ""
                : first == last && hostLast != hostFirst ? host
                : (hostFirst + port - first).ToString(CultureInfo.InvariantCulture);
            var key = Key(port, protocol);
            exposed[key] = EmptyObject.Instance;
            if (!bindings.TryGetValue(key, out var list))
                bindings[key] = list = [];
            list.Add(new PortBinding { HostIp = ip, HostPort = hostPort });
        }
    }

    static (string Ip, string Host, string Container) SplitParts(string text, string spec)
    {
        var last = text.LastIndexOf(':');
        if (last < 0)
            return ("", "", text);
        var container = text[(last + 1)..];
        var rest = text[..last];
        var colon = rest.EndsWith(']') ? -1 : rest.LastIndexOf(':');
        var host = rest.EndsWith(']') ? "" : rest[(colon + 1)..];
        var ip = (
            rest.EndsWith(']') ? rest
            : colon < 0 ? ""
            : rest[..colon]
        ).Trim('[', ']');
        if (container.Length == 0)
            throw new CliFailure($"no port specified: {spec}<empty>", 125);
        if (ip.Length > 0 && !IsAddress(ip))
            throw new CliFailure($"invalid IP address: {ip}", 125);
        return (ip, host, container);
    }

    /// <summary>The framework also takes "1.2.3" for an address.</summary>
    static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.AsSpan().Count('.') == 3);

    static string FromLongSyntax(string spec)
    {
        var fields = spec.Split(',').Select(KeyValues.Split).ToDictionary(f => f.Key, f => f.Value);
        var target = fields.GetValueOrDefault("target", "");
        return $"{fields.GetValueOrDefault("published", "")}:{target}/{fields.GetValueOrDefault("protocol", "tcp")}".TrimStart(':');
    }

    static (string Ports, string Protocol) SplitProtocol(string spec)
    {
        var slash = spec.LastIndexOf('/');
        if (slash < 0)
            return (spec, "tcp");
        var protocol = spec[(slash + 1)..].ToLowerInvariant();
        if (protocol is not ("tcp" or "udp" or "sctp"))
            throw new CliFailure($"invalid proto: {protocol}", 125);
        return (spec[..slash], protocol);
    }

    static bool TryRange(string text, out int first, out int last)
    {
        last = 0;
        var dash = text.IndexOf('-');
        var beginning = dash < 0 ? text : text[..dash];
        var end = dash < 0 ? text : text[(dash + 1)..];
        return TryPort(beginning, out first) && TryPort(end, out last) && last >= first;
    }

    static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 0 and <= 65535;

    static string Key(int port, string protocol) => string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}");
}
