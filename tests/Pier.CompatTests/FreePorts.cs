using System.Net;
using System.Net.Sockets;

namespace Pier.CompatTests;

/// <summary>Ports for servers of tests that have to be told theirs.</summary>
static class FreePorts
{
    /// <summary>A port of 127.0.0.1 that nobody listens on now.</summary>
    public static int Loopback()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>A number that is free for TCP and UDP in both families now.</summary>
    public static int Everywhere()
    {
        while (true)
        {
            using var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            using var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                return port;
            }
            catch (SocketException) { }
        }
    }
}
