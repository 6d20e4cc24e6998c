using System.Globalization;
using System.Net.Sockets;

namespace Pier.Cli.Transport;

/// <summary>Where the daemon is: unix:///path, tcp://host:port or ssh://host.</summary>
sealed record DaemonAddress(string Text, string? SocketPath, string Host, int Port, SshAddress? Ssh = null)
{
    public const string Default = "unix:///run/pier/pier.sock";

    const int PlainPort = 2375,
        TlsPort = 2376;

    public static DaemonAddress Parse(string text, bool tls)
    {
        if (text.StartsWith("unix://", StringComparison.Ordinal))
        {
            var path = text["unix://".Length..];
            return new DaemonAddress(text, path, "localhost", 0);
        }
        if (text.StartsWith('/'))
            return new DaemonAddress("unix://" + text, text, "localhost", 0);
        if (SshAddress.Is(text))
            return new DaemonAddress(text, null, "localhost", 0, ParseSsh(text));
        var rest =
            text.StartsWith("tcp://", StringComparison.Ordinal) ? text["tcp://".Length..]
            : text.Contains("://", StringComparison.Ordinal)
                ? throw new CliFailure($"Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {text}")
            : text;
        rest = rest.TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        var hasPort = colon >= 0 && !rest.EndsWith(']');
        var port = tls ? TlsPort : PlainPort;
        if (hasPort && !int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            throw new CliFailure($"Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {text}");
        var host = (hasPort ? rest[..colon] : rest).Trim('[', ']');
        return new DaemonAddress("tcp://" + rest, null, host.Length == 0 ? "127.0.0.1" : host, port);
    }

    public bool IsTcp => SocketPath is null && Ssh is null;

    /// <summary>What a Host header says.</summary>
    public string HostHeader => IsTcp ? string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}") : "api.moby.localhost";

    static SshAddress ParseSsh(string text)
    {
        try
        {
            return SshAddress.Parse(text);
        }
        catch (CliFailure e)
        {
            throw new CliFailure($"Failed to initialize: unable to resolve docker endpoint: ssh host connection is not valid: {e.Message}");
        }
    }

    /// <summary>A connected blocking socket, or the failure that Docker's users know.</summary>
    public Socket Connect()
    {
        var socket = SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (SocketPath is { } path)
                socket.Connect(new UnixDomainSocketEndPoint(path));
            else
                socket.Connect(Host, Port);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode == SocketError.AccessDenied
                ? new CliFailure($"permission denied while trying to connect to the pier daemon socket at {Text}")
                : new DaemonUnreachable($"Cannot connect to the Pier daemon at {Text}. Is the pier daemon running?");
        }
        catch (ArgumentException)
        {
            socket.Dispose();
            throw new DaemonUnreachable($"Cannot connect to the Pier daemon at {Text}. Is the pier daemon running?");
        }
    }
}
