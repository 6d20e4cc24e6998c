using Pier.Engine.Networks;
using Pier.Model;
using Pier.Network.Endpoints;

namespace Pier.UnitTests.Engine;

/// <summary>What containers ask of their device in a network.</summary>
public class EndpointWordsTests
{
    const string Name = "com.docker.network.endpoint.ifname",
        Sysctls = "com.docker.network.endpoint.sysctls";

    static EndpointSettings With(string key, string value) => new() { DriverOpts = new() { [key] = value } };

    [Fact]
    public void Names_and_settings_are_read()
    {
        var asked = With(Sysctls, "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.neigh.ifname.retrans_time_ms=5");
        Assert.Null(EndpointWords.Problem(asked));
        Assert.Equal(
            [new DeviceSetting("ipv4", "conf", "log_martians", "1"), new DeviceSetting("ipv6", "neigh", "retrans_time_ms", "5")],
            EndpointWords.Settings(asked)
        );
        Assert.Equal("lan0", EndpointWords.Device(With(Name, "lan0")));
        Assert.Null(EndpointWords.Device(new EndpointSettings()));
        Assert.Equal(
            "169.254.8.9/16 fe80::5/64",
            string.Join(' ', EndpointWords.LinkLocal(new() { IPAMConfig = new() { LinkLocalIPs = ["169.254.8.9", "fe80::5"] } }))
        );
    }

    [Theory]
    [InlineData("net.ipv4.conf.eth0.log_martians=1")]
    [InlineData("net.ipv4.conf.IFNAME.log_martians")]
    [InlineData("net.core.conf.IFNAME.x=1")]
    [InlineData("kernel.ipv4.conf.IFNAME.x=1")]
    [InlineData("net.ipv4.conf.IFNAME.../../../kernel/core_pattern=x")]
    [InlineData("net.ipv4.a/../b.IFNAME.x=1")]
    public void What_is_no_setting_of_a_device_is_refused(string setting) =>
        Assert.StartsWith($"unrecognised network interface sysctl '{setting}'; represent", EndpointWords.Problem(With(Sysctls, setting)));

    [Theory]
    [InlineData("sixteen-letters-")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void What_is_no_name_of_a_device_is_refused(string name) =>
        Assert.Equal($"invalid interface name: {name}", EndpointWords.Problem(With(Name, name)));

    [Fact]
    public void Other_options_and_addresses_are_refused_by_name()
    {
        Assert.Equal("driver option x.y is not supported by this version of Pier", EndpointWords.Problem(With("x.y", "")));
        Assert.Equal("invalid link-local IP address: x", EndpointWords.Problem(new() { IPAMConfig = new() { LinkLocalIPs = ["x"] } }));
    }
}
