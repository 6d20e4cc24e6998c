using System.Net;
using Pier.Model;
using Pier.Network.Addressing;

namespace Pier.UnitTests.Network;

public class AddressingTests
{
    static AddressPool Pool(string cidr) => new(Subnet.Parse(cidr), Subnet.Parse(cidr).At(1), "bridge");

    static string Next(AddressPool pool) => pool.Take().ToString();

    [Fact]
    public void Addresses_are_given_in_order_without_the_reserved_ones()
    {
        var pool = Pool("10.0.0.0/29");
        Assert.Equal(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"], Enumerable.Range(0, 5).Select(_ => Next(pool)));
        var exhausted = Assert.Throws<UnavailableException>(() => pool.Take());
        Assert.Equal("no available IPv4 addresses on this network's address pools: bridge", exhausted.Message);
    }

    [Fact]
    public void A_released_address_comes_back_after_all_others()
    {
        var pool = Pool("10.0.0.0/29");
        pool.Take();
        pool.Take();
        pool.Release(new IPAddress([10, 0, 0, 2]));
        Assert.Equal(["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.2"], Enumerable.Range(0, 4).Select(_ => Next(pool)));
    }

    [Fact]
    public void An_asked_address_is_checked()
    {
        var pool = Pool("10.0.0.0/29");
        pool.Take(new IPAddress([10, 0, 0, 3]));
        Assert.Equal("Address already in use", Assert.Throws<ConflictException>(() => pool.Take(new IPAddress([10, 0, 0, 3]))).Message);
        foreach (var reserved in (byte[])[0, 1, 7])
            Assert.Throws<ConflictException>(() => pool.Take(new IPAddress([10, 0, 0, reserved])));
        Assert.Throws<InvalidParameterException>(() => pool.Take(new IPAddress([10, 0, 0, 8])));
        Assert.Throws<InvalidParameterException>(() => pool.Take(IPAddress.IPv6Loopback));
        Assert.Equal(["10.0.0.2", "10.0.0.4"], [Next(pool), Next(pool)]);
    }

    [Fact]
    public void A_whole_slash_16_is_given_once_each()
    {
        var pool = Pool("172.17.0.0/16");
        Assert.Equal(65533, Enumerable.Range(0, 65533).Select(_ => Next(pool)).Distinct().Count());
        Assert.Throws<UnavailableException>(() => pool.Take());
    }

    [Fact]
    public void IPv6_pools_give_their_first_addresses_and_any_that_is_asked_for()
    {
        var pool = Pool("fd00:1::/64");
        Assert.Equal("fd00:1::2", Next(pool));
        var far = IPAddress.Parse("fd00:1::ffff:0:0:1");
        pool.Take(far);
        Assert.Throws<ConflictException>(() => pool.Take(far));
        pool.Release(far);
        pool.Take(far);
        Assert.Throws<InvalidParameterException>(() => pool.Take(IPAddress.Parse("fd00:2::1")));
    }

    [Fact]
    public void A_range_is_what_is_given_and_the_subnet_what_may_be_asked_for()
    {
        var reserved = new Dictionary<string, IPAddress> { ["router"] = IPAddress.Parse("10.1.2.129") };
        var pool = new AddressPool(
            new AddressRange(Subnet.Parse("10.1.2.0/24"), IPAddress.Parse("10.1.2.1"), Subnet.Parse("10.1.2.128/30"), reserved),
            "test"
        );
        Assert.Equal(["10.1.2.130", "10.1.2.131", "10.1.2.128"], Enumerable.Range(0, 3).Select(_ => Next(pool)));
        Assert.Throws<UnavailableException>(() => pool.Take());
        pool.Take(IPAddress.Parse("10.1.2.77"));
        Assert.Throws<ConflictException>(() => pool.Take(IPAddress.Parse("10.1.2.77")));
        Assert.Throws<ConflictException>(() => pool.Take(IPAddress.Parse("10.1.2.1")));
        Assert.Throws<ConflictException>(() => pool.Take(IPAddress.Parse("10.1.2.129")));
    }

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("172.31.255.255/12", "172.16.0.0/12")]
    [InlineData("192.168.1.129/25", "192.168.1.128/25")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("fd00::1:2/126", "fd00::1:0/126")]
    public void A_subnet_is_the_addresss_prefix(string address, string subnet) => Assert.Equal(subnet, Subnet.Parse(address).ToString());

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("10.0.0.1/8/8")]
    [InlineData("x/8")]
    [InlineData(null)]
    public void What_is_no_address_with_a_prefix_is_refused(string? text) => Assert.False(InterfaceAddress.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.0/8", "10.9.0.0/16", true)]
    [InlineData("10.9.0.0/16", "10.0.0.0/8", true)]
    [InlineData("10.8.0.0/16", "10.9.0.0/16", false)]
    [InlineData("0.0.0.0/0", "fd00::/8", false)]
    public void Overlap_works_both_ways(string one, string other, bool overlaps) =>
        Assert.Equal(overlaps, Subnet.Parse(one).Overlaps(Subnet.Parse(other)));

    [Fact]
    public void Default_pools_are_Dockers_and_avoid_what_is_used()
    {
        Assert.Equal(
            ["172.17.0.0/16", "172.31.0.0/16", "192.168.0.0/20", "192.168.240.0/20"],
            new[] { 0, 14, 15, 30 }.Select(i => DefaultPools.Docker.SelectMany(p => p.Pieces()).ElementAt(i).ToString())
        );
        Assert.Equal(
            "172.19.0.0/16",
            DefaultPools.FirstFree(DefaultPools.Docker, false, [Subnet.Parse("172.16.0.0/15"), Subnet.Parse("172.18.3.4/32")]).ToString()
        );
        Assert.Null(DefaultPools.FirstFree(DefaultPools.Docker, false, [Subnet.Parse("128.0.0.0/1")]));
    }

    [Fact]
    public void Mac_addresses_follow_the_IP_address()
    {
        Assert.Equal("02:42:ac:11:00:02", MacAddress.For(new IPAddress([172, 17, 0, 2])).ToString());
        Assert.True(MacAddress.TryParse("02-42-AC-11-00-02", out var parsed));
        Assert.Equal(MacAddress.For(new IPAddress([172, 17, 0, 2])), parsed);
        Assert.Equal<byte>([2, 0x42, 0xac, 0x11, 0, 2], parsed.ToBytes());
        foreach (var wrong in (string?[])["", null, "02:42:ac:11:00", "02:42:ac:11:00:2", "02:42:ac:11:00:zz", "02:42:ac:11:00:02:03"])
            Assert.False(MacAddress.TryParse(wrong, out _));
    }
}
