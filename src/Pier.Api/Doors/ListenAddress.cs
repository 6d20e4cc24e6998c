using System.Net;
using System.Net.Sockets;
using Pier.Model;

namespace Pier.Api.Doors;

/// <summary>An address to listen on: a unix socket's path, or an IP end point.</summary>
public sealed record ListenAddress(string Text, string? SocketPath, IPEndPoint? EndPoint)
{
    /// <summary>Docker's port without TLS and with it.</summary>
    const int DefaultPort = 2375,
        DefaultTlsPort = 2376;

    public static ListenAddress Parse(string text, bool tls)
    {
        if (text.StartsWith("unix://", StringComparison.Ordinal))
        {
            var path = text["unix://".Length..];
            if (!path.StartsWith('/'))
                path = Path.GetFullPath(path);
            return new ListenAddress(text, path, null);
        }
        if (text.StartsWith('/'))
            return new ListenAddress("unix://" + text, text, null);
        if (!text.StartsWith("tcp://", StringComparison.Ordinal))
            throw new InvalidParameterException($"invalid bind address format: {text}");
        var rest = text["tcp://".Length..].TrimEnd('/');
        var (host, port) = SplitPort(rest, tls ? DefaultTlsPort : DefaultPort, text);
        return new ListenAddress(text, null, new IPEndPoint(Resolve(host, text), port));
    }

    public bool IsLoopback => EndPoint is null || IPAddress.IsLoopback(EndPoint.Address);

    static (string Host, int Port) SplitPort(string rest, int defaultPort, string text)
    {
        var colon = rest.LastIndexOf(':');
        if (colon < 0 || rest.EndsWith(']'))
            return (rest.Trim('[', ']'), defaultPort);
        if (!int.TryParse(rest.AsSpan(colon + 1), out var port) || port is < 0 or > 65535)
            throw new InvalidParameterException($"invalid bind address ({text}): invalid port {rest[(colon + 1)..]}");
        return (rest[..colon].Trim('[', ']'), port);
    }

    static IPAddress Resolve(string host, string text)
    {
        if (host.Length == 0 || host == "localhost")
            return IPAddress.Loopback;
        if (IPAddress.TryParse(host, out var address))
            return address;
        try
        {
            var found = Dns.GetHostAddresses(host);
            if (found.Length > 0)
                return found[0];
        }
        catch (SocketException)
        {
            // Falls through to the one error below.
        }
        throw new InvalidParameterException($"invalid bind address ({text}): no such host: {host}");
    }
}
