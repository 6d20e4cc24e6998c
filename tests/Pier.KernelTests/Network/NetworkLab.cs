using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Namespaces;
using Pier.Linux.Netlink;

namespace Pier.KernelTests.Network;

/// <summary>
/// A host of its own: a thread in a network namespace that nothing else uses. What a test does to devices, routes and rules ends with it.
/// </summary>
sealed class NetworkLab : IDisposable
{
    readonly List<Process> _started = [];

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
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
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

    /// <summary>Starts a shell command that runs until the lab ends.</summary>
    public void Background(string command, SafeFileHandle? inside = null) => _started.Add(Start("exec " + command, inside));

    /// <summary>Makes another namespace, connected to the host by a pair of devices: host side "outside" 198.51.100.1, other side .2.</summary>
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
        foreach (var process in _started)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

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

        foreach (var word in (string[])["/bin/sh", "-c", command]) start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }
}
