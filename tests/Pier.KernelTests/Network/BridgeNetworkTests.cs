using System.Diagnostics;
using System.Net;
using Pier.Linux.Namespaces;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;
using Xunit.Abstractions;

namespace Pier.KernelTests.Network;

/// <summary>The bridge network against the real kernel, each test in a private namespace that plays the host.</summary>
public class BridgeNetworkTests(ITestOutputHelper output)
{
    static readonly NetworkOptions Options = new() { BridgeName = "pt0", BridgeAddress = new InterfaceAddress(new IPAddress([10, 77, 0, 1]), 24), ReadyNamespaces = 2 };

    static EndpointSpec Spec(string id, string mode = "bridge") => new(id, NetworkMode.Parse(mode));

    [SkippableFact]
    public void A_container_gets_an_address_and_reaches_the_gateway_and_its_neighbour() => NetworkLab.Run(_ =>
    {
        using var service = NetworkService.Open(Options);
        var one = service.Attach(Spec("one"));
        var two = service.Attach(Spec("two"));

        Assert.Equal("10.77.0.2/24", one.Record.Address.ToString());
        Assert.Equal("10.77.0.3/24", two.Record.Address.ToString());
        Assert.Equal("02:42:0a:4d:00:02", one.Record.Mac.ToString());
        var inside = NetworkLab.Shell("ip -br addr; ip -br link; ip route", one.Namespace);
        Assert.Matches(@"lo +UNKNOWN +127\.0\.0\.1/8 ::1/128", inside);
        Assert.Matches(@"eth0@if\d+ +UP +10\.77\.0\.2/24 *\n", inside);
        Assert.Contains("02:42:0a:4d:00:02", inside);
        Assert.Contains("default via 10.77.0.1 dev eth0", inside);
        NetworkLab.Shell("busybox ping -c1 -W2 10.77.0.1", one.Namespace);
        NetworkLab.Shell("busybox ping -c1 -W2 10.77.0.3", one.Namespace);
        service.Delete();
    });

    [SkippableFact]
    public void Attach_and_release_take_about_a_millisecond() => NetworkLab.Run(_ =>
    {
        using var service = NetworkService.Open(Options with { BridgeAddress = new InterfaceAddress(new IPAddress([10, 78, 0, 1]), 16), ReadyNamespaces = 8 });
        List<double> attach = [], release = [];
        for (var i = 0; i < 200; i++)
        {
            var start = Stopwatch.GetTimestamp();
            service.Attach(Spec("c" + i));
            attach.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Thread.Sleep(2);
            if (i < 20) continue;
            start = Stopwatch.GetTimestamp();
            Assert.True(service.Release("c" + (i - 20)));
            release.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        output.WriteLine($"attach {Describe(attach)}; release {Describe(release)}");
        // Far above what is measured (see the output); a fork, or a device deleted on the exit path, would still be caught.
        Assert.True(attach.Order().ElementAt(100) < 8, Describe(attach));
        Assert.True(release.Order().ElementAt(80) < 3, Describe(release));
        service.Delete();
    });

    static string Describe(List<double> times)
    {
        var sorted = times.Order().ToList();
        return $"median {sorted[sorted.Count / 2]:F3} ms, p90 {sorted[sorted.Count * 9 / 10]:F3} ms, max {sorted[^1]:F3} ms";
    }
}
