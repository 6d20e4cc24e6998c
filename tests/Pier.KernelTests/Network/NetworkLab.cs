using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Namespaces;
using Pier.Linux.Netlink;

namespace Pier.KernelTests.Network;

/// <summary>
/// A host of its own: a thread in a network namespace that nothing else uses. What a test does to devices, routes and rules ends with it.
/// </summary>
sealed class NetworkLab : IDisposable
{
    readonly List<Socket> _listeners = [];

    NetworkLab()
    {
        NetworkNamespace.Unshare();
        Handle = NetworkNamespace.OfThisThread();
        using var socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        socket.Execute(new NetlinkWriter().SetUp(Links.Loopback));
    }

    /// <summary>The host's namespace.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Runs a test on the thread; its exceptions are the caller's.</summary>
    public static void Run(Action<NetworkLab> test)
    {
        Skip.IfNot(Environment.UserName == "root", "network namespaces need root");
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var lab = new NetworkLab();
                test(lab);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Runs a shell command on the host, or inside a namespace; returns its output and checks its exit code.</summary>
    public static string Shell(string command, SafeFileHandle? inside = null, int exit = 0)
    {
        using var process = Start(command, inside);
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == exit, $"{command}: exit {process.ExitCode}: {output}");
        return output;
    }

    /// <summary>Answers every connection to a port of a namespace with a text, until the lab ends.</summary>
    public void Serve(SafeFileHandle inside, IPAddress address, int port, string answer)
    {
        var listener = Within(
            inside,
            () =>
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                if (address.AddressFamily == AddressFamily.InterNetworkV6)
                    socket.DualMode = true;
                socket.Bind(new IPEndPoint(address, port));
                socket.Listen();
                return socket;
            }
        );
        _listeners.Add(listener);
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync();
                await connection.SendAsync(Encoding.UTF8.GetBytes(answer));
                connection.Shutdown(SocketShutdown.Send);
            }
        });
    }

    /// <summary>What a port answers when it is asked from a namespace; "" when it refuses or is silent for two seconds.</summary>
    public static string Ask(SafeFileHandle from, string address, int port)
    {
        var target = IPEndPoint.Parse($"{address}:{port}");
        using var socket = Within(from, () => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            socket.ConnectAsync(target, limit.Token).AsTask().GetAwaiter().GetResult();
            var buffer = new byte[100];
            return Encoding.UTF8.GetString(buffer, 0, socket.ReceiveAsync(buffer, limit.Token).AsTask().GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return "";
        }
    }

    /// <summary>Does something on a thread of a namespace.</summary>
    public static T Within<T>(SafeFileHandle inside, Func<T> work)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                NetworkNamespace.Enter(inside);
                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return result;
    }

    /// <summary>
    /// Makes another namespace, connected to the host by a pair of devices: host side "outside" 198.51.100.1, other side .2.
    /// </summary>
    public SafeFileHandle MakeOutside()
    {
        NetworkNamespace.Unshare();
        var outside = NetworkNamespace.OfThisThread();
        NetworkNamespace.Enter(Handle);
        using var socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        socket.Execute(new NetlinkWriter().AddVeth(new VethEnd("outside"), new VethEnd("eth0", Up: false, Namespace: outside), 1500));
        Shell("ip addr add 198.51.100.1/24 dev outside");
        Shell("ip link set lo up; ip addr add 198.51.100.2/24 dev eth0; ip link set eth0 up", outside);
        return outside;
    }

    public void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        Handle.Dispose();
    }

    static Process Start(string command, SafeFileHandle? inside)
    {
        var start = new ProcessStartInfo("/usr/bin/timeout") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("20");
        if (inside is not null)
        {
            var descriptor = inside.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
            start.ArgumentList.Add("nsenter");
            start.ArgumentList.Add($"--net=/proc/{Environment.ProcessId}/fd/{descriptor}");
        }

        foreach (var word in (string[])["/bin/sh", "-c", command])
            start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }
}
