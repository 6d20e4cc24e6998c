using System.Net;
using Pier.Distribution.Hosts;
using Pier.Distribution.Transport;

namespace Pier.UnitTests.Distribution;

/// <summary>Attack case 47: a token realm or a redirect that points inside.</summary>
public class AddressPolicyTests
{
    [Theory]
    [InlineData("127.0.0.1", "Loopback")]
    [InlineData("::1", "Loopback")]
    [InlineData("0.0.0.0", "Loopback")]
    [InlineData("::ffff:127.0.0.1", "Loopback")]
    [InlineData("10.1.2.3", "Private")]
    [InlineData("172.31.0.1", "Private")]
    [InlineData("172.32.0.1", "Public")]
    [InlineData("192.168.1.1", "Private")]
    [InlineData("100.64.0.1", "Private")]
    [InlineData("169.254.169.254", "LinkLocal")]
    [InlineData("fe80::1", "LinkLocal")]
    [InlineData("fd00::1", "Private")]
    [InlineData("8.8.8.8", "Public")]
    [InlineData("2001:db8::1", "Public")]
    public void Reach(string address, string reach) => Assert.Equal(reach, AddressPolicy.ReachOf(IPAddress.Parse(address)).ToString());

    [Theory]
    [InlineData("8.8.8.8", "1.1.1.1", true)]
    [InlineData("8.8.8.8", "10.0.0.1", false)]
    [InlineData("8.8.8.8", "127.0.0.1", false)]
    [InlineData("8.8.8.8", "169.254.169.254", false)]
    [InlineData("10.0.0.1", "8.8.8.8", true)]
    [InlineData("10.0.0.1", "192.168.0.1", true)]
    [InlineData("10.0.0.1", "127.0.0.1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "169.254.169.254", false)]
    public void A_registry_sends_to_where_it_could_be_itself(string registry, string target, bool allowed)
    {
        var policy = new AddressPolicy();
        policy.Learn(IPAddress.Parse(registry));
        Assert.Equal(allowed, policy.Allows(IPAddress.Parse(target)));
    }

    [Theory]
    [InlineData("localhost:5000", true)]
    [InlineData("127.0.0.1:5000", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("[::1]:5000", true)]
    [InlineData("10.2.3.4:5000", true)]
    [InlineData("11.2.3.4:5000", false)]
    [InlineData("my.test:5000", true)]
    [InlineData("my.test", false)]
    [InlineData("other.test:443", true)]
    [InlineData("registry.example", false)]
    public void Insecure(string host, bool insecure) =>
        Assert.Equal(insecure, new InsecureRegistries(["10.0.0.0/8", "my.test:5000", "other.test"]).Contains(host));
}
