using System.Net;
using Pier.Model;
using Pier.Network;
using Pier.Network.Publishing;

namespace Pier.UnitTests.Network;

public class NetworkModeTests
{
    [Theory]
    [InlineData(null, "bridge")]
    [InlineData("default", "bridge")]
    [InlineData("bridge", "bridge")]
    [InlineData("none", "none")]
    [InlineData("host", "host")]
    [InlineData("container:web", "container:web")]
    [InlineData("backend", "backend")]
    public void Modes_are_Dockers_words(string? text, string mode) => Assert.Equal(mode, NetworkMode.Parse(text).ToString());

    [Fact]
    public void A_container_without_a_name_is_refused() => Assert.Throws<InvalidParameterException>(() => NetworkMode.Parse("container:"));

    [Theory]
    [InlineData(0, 80, 0)]
    [InlineData(65536, 80, 0)]
    [InlineData(80, -1, 0)]
    [InlineData(80, 65536, 0)]
    [InlineData(80, 9000, 8000)]
    [InlineData(80, 9000, 70000)]
    public void Ports_out_of_range_are_refused(int container, int host, int hostEnd) =>
        Assert.Throws<InvalidParameterException>(() =>
            PortMappingRules.Check(new PortMapping(TransportProtocol.Tcp, container, null, host, hostEnd), ipv4: true, ipv6: true)
        );

    [Fact]
    public void Ports_need_an_address_of_their_family() =>
        Assert.Throws<UnsupportedException>(() =>
            PortMappingRules.Check(new PortMapping(TransportProtocol.Tcp, 80, IPAddress.IPv6Any), ipv4: true, ipv6: false)
        );
}
