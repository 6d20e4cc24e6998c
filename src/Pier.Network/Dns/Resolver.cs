using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Linux.Netlink;
using Pier.Linux.Nftables;
using Pier.Network.Endpoints;

namespace Pier.Network.Dns;

/// <summary>
/// 127.0.0.11 of one container: two sockets in its namespace, served by the daemon. Port 53 is led to them by a rule of that namespace, so
/// that it stays free for a container that is a name server itself.
/// </summary>
sealed class Resolver : IDisposable
{
    public static readonly IPAddress Address = new([127, 0, 0, 11]);

    const int Port = 53,
        Backlog = 16;
    const string TableName = "pier-dns";

    static readonly NftMap Redirected = new(
        "redirected",
        [NftField.Protocol, NftField.Ipv4Address, NftField.Service],
        [NftField.Ipv4Address, NftField.Service]
    );

    readonly SafeFileHandle _inside;
    volatile NameView _view;

    Resolver(Socket udp, Socket tcp, SafeFileHandle inside, NamespaceWorker worker, NameView view)
    {
        (Udp, Tcp, _inside, _view) = (udp, tcp, inside, view);
        Forwarder = new Forwarder(worker, inside);
    }

    public Socket Udp { get; }

    public Socket Tcp { get; }

    public Forwarder Forwarder { get; }

    /// <summary>What the container can resolve now.</summary>
    public NameView View
    {
        get => _view;
        set => _view = value;
    }

    /// <summary>Opens the sockets in a namespace, again after a restart of the daemon.</summary>
    public static Resolver Open(NamespaceWorker worker, LateCloser closer, SafeFileHandle inside, NameView view)
    {
        var own = Pier.Linux.Namespaces.NetworkNamespace.Duplicate(inside);
        try
        {
            var (udp, tcp) = worker.Within(own, () => Listen(closer));
            return new Resolver(udp, tcp, own, worker, view);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Udp.Dispose();
        Tcp.Dispose();
        _inside.Dispose();
    }

    static (Socket Udp, Socket Tcp) Listen(LateCloser closer)
    {
        var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            udp.Bind(new IPEndPoint(Address, 0));
            tcp.Bind(new IPEndPoint(Address, 0));
            tcp.Listen(Backlog);
            Redirect((ushort)((IPEndPoint)udp.LocalEndPoint!).Port, (ushort)((IPEndPoint)tcp.LocalEndPoint!).Port, closer);
            return (udp, tcp);
        }
        catch
        {
            udp.Dispose();
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Writes the rule of the calling thread's namespace, in place of an older one.</summary>
    static void Redirect(ushort udp, ushort tcp, LateCloser closer)
    {
        var socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        try
        {
            new NftBatch(TableName)
                .AddTable()
                .DeleteTable()
                .AddTable()
                .AddMap(Redirected)
                .AddBaseChain("output", NftChainType.Nat, NftHook.Output, NftPriority.DestinationNat)
                .AddRule("output", new NftRule().TranslateDestination(Redirected, byAddress: true))
                .AddElement(Redirected, Key(ProtocolType.Udp), Value(udp))
                .AddElement(Redirected, Key(ProtocolType.Tcp), Value(tcp))
                .Execute(socket);
        }
        finally
        {
            closer.Close(socket);
        }
    }

    static byte[] Key(ProtocolType protocol) => Redirected.PackKey([(byte)protocol], Address.GetAddressBytes(), [0, Port]);

    static byte[] Value(ushort port) => Redirected.PackValue(Address.GetAddressBytes(), [(byte)(port >> 8), (byte)port]);
}
