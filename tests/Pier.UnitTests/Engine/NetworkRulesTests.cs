using Pier.Engine.Networks;
using Pier.Model;

namespace Pier.UnitTests.Engine;

/// <summary>Networks that cannot be, in Docker's words.</summary>
public class NetworkRulesTests
{
    static CreateNetwork With(params NetworkRange[] ranges) => new("mine", "bridge") { Ranges = ranges };

    [Fact]
    public void Good_ones_pass()
    {
        NetworkRules.Check(With());
        NetworkRules.Check(
            With(
                new NetworkRange
                {
                    Subnet = "10.1.0.0/16",
                    IpRange = "10.1.5.0/24",
                    Gateway = "10.1.0.254",
                    AuxiliaryAddresses = new() { ["a"] = "10.1.5.9" },
                }
            )
        );
        NetworkRules.Check(
            With(new NetworkRange { Subnet = "10.1.0.0/16" }, new NetworkRange { Subnet = "fd01::/64", Gateway = "fd01::1" }) with
            {
                EnableIPv6 = true,
            }
        );
    }

    [Theory]
    [InlineData("10.1.0.0", null, null, "invalid subnet 10.1.0.0: invalid CIDR block notation")]
    [InlineData("10.1.0.1/16", null, null, "invalid subnet 10.1.0.1/16: it should be 10.1.0.0/16")]
    [InlineData("10.1.0.0/16", "10.2.0.0/24", null, "invalid ip-range 10.2.0.0/24: parent subnet 10.1.0.0/16 doesn't contain ip-range")]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", null, "invalid ip-range 10.0.0.0/8: CIDR block is bigger than its parent subnet 10.1.0.0/16")]
    [InlineData("10.1.0.0/16", null, "10.2.0.1", "invalid gateway 10.2.0.1: parent subnet 10.1.0.0/16 doesn't contain this address")]
    [InlineData("10.1.0.0/16", null, "fd00::1", "invalid gateway fd00::1: parent subnet is an IPv4 block")]
    [InlineData("10.1.0.0/16", null, "x", "invalid gateway x: invalid address")]
    public void Ranges_are_checked(string subnet, string? part, string? gateway, string problem) =>
        Assert.Equal(
            "invalid network config:\n" + problem,
            Assert
                .Throws<InvalidParameterException>(() =>
                    NetworkRules.Check(
                        With(
                            new NetworkRange
                            {
                                Subnet = subnet,
                                IpRange = part,
                                Gateway = gateway,
                            }
                        )
                    )
                )
                .Message
        );

    [Fact]
    public void Names_drivers_and_options_are_checked()
    {
        Assert.Equal(
            "operation is not permitted on predefined host network",
            Assert.Throws<ForbiddenException>(() => NetworkRules.Check(new CreateNetwork("host", "bridge"))).Message
        );
        Assert.Throws<InvalidParameterException>(() => NetworkRules.Check(new CreateNetwork("a b", "bridge")));
        Assert.Equal(
            "only one instance of \"null\" network is allowed",
            Assert.Throws<ForbiddenException>(() => NetworkRules.Check(new CreateNetwork("x", "null"))).Message
        );
        Assert.Contains(
            "plugin \"weave\" not found",
            Assert.Throws<NotFoundException>(() => NetworkRules.Check(new CreateNetwork("x", "weave"))).Message
        );
        Assert.Throws<InvalidParameterException>(() =>
            NetworkRules.Check(
                With() with
                {
                    Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "maybe" },
                }
            )
        );
        Assert.Throws<InvalidParameterException>(() =>
            NetworkRules.Check(With() with { Options = new Dictionary<string, string> { ["com.docker.network.driver.mtu"] = "12" } })
        );
        Assert.Throws<InvalidParameterException>(() =>
            NetworkRules.Check(With() with { Options = new Dictionary<string, string> { ["unheard.of"] = "1" } })
        );
        Assert.Throws<UnsupportedException>(() =>
            NetworkRules.Check(
                With() with
                {
                    Options = new Dictionary<string, string> { ["com.docker.network.bridge.gateway_mode_ipv4"] = "routed" },
                }
            )
        );
    }
}
