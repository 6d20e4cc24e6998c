using System.Net;
using Pier.Network.Addressing;
using Pier.Network.Dns;

namespace Pier.UnitTests.Network.Dns;

/// <summary>What a container's name server answers itself.</summary>
public class NameViewTests
{
    const ushort A = 1,
        Mx = 15,
        Aaaa = 28,
        Ptr = 12;

    static readonly Upstreams Outside = new([IPAddress.Parse("192.0.2.53")], FromHost: true);

    readonly NameTable _names = new("backend", [Subnet.Parse("10.5.0.0/24"), Subnet.Parse("fd05::/64")]);

    public NameViewTests()
    {
        _names.Put("e1", ["web", "www", "0123456789ab"], [IPAddress.Parse("10.5.0.2"), IPAddress.Parse("fd05::2")]);
        _names.Put("e2", ["other", "www"], [IPAddress.Parse("10.5.0.3")]);
    }

    (int Result, bool Truncated, List<string> Records)? Ask(
        string name,
        ushort type,
        Upstreams? upstreams = null,
        Dictionary<string, string>? links = null,
        int turn = 0,
        int udpSize = 0
    )
    {
        var view = new NameView([(_names, links ?? [])], upstreams ?? Outside);
        var query = DnsQuery.Of(name, type, udpSize: udpSize);
        Assert.True(DnsQuestion.TryRead(query, out var question));
        var answer = new byte[4096];
        var length = view.Answer(query, question, answer, question.UdpSize, turn);
        return length == 0 ? null : DnsQuery.Read(answer.AsSpan(0, length));
    }

    [Theory]
    [InlineData("web", A, "10.5.0.2")]
    [InlineData("WeB", A, "10.5.0.2")]
    [InlineData("web", Aaaa, "fd05::2")]
    [InlineData("0123456789ab", A, "10.5.0.2")]
    [InlineData("web.backend", A, "10.5.0.2")]
    [InlineData("2.0.5.10.in-addr.arpa", Ptr, "web.backend")]
    [InlineData("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.5.0.d.f.ip6.arpa", Ptr, "web.backend")]
    public void Names_of_containers_are_answered(string name, ushort type, string record) =>
        Assert.Equal([record], Ask(name, type)!.Value.Records);

    [Fact]
    public void A_name_of_several_leads_to_all_of_them_in_turn()
    {
        Assert.Equal(["10.5.0.2", "10.5.0.3"], Ask("www", A)!.Value.Records);
        Assert.Equal(["10.5.0.3", "10.5.0.2"], Ask("www", A, turn: 1)!.Value.Records);
    }

    [Fact]
    public void A_type_that_a_name_has_not_is_no_error_and_an_unknown_name_is_one()
    {
        var (result, _, records) = Ask("other", Aaaa)!.Value;
        Assert.Equal((0, 0), (result, records.Count));
        Assert.Equal((0, 0), (Ask("web", Mx)!.Value.Result, Ask("web", Mx)!.Value.Records.Count));
        Assert.Equal(3, Ask("nosuch", A, Upstreams.None)!.Value.Result);
    }

    [Fact]
    public void Other_names_are_somebody_elses_unless_nothing_leaves()
    {
        Assert.Null(Ask("example.org", A));
        Assert.Null(Ask("9.9.9.9.in-addr.arpa", Ptr));
        // An address of our own that nobody has stays here.
        Assert.Equal(3, Ask("77.0.5.10.in-addr.arpa", Ptr)!.Value.Result);
        Assert.Equal(3, Ask("example.org", A, Upstreams.None)!.Value.Result);
    }

    [Fact]
    public void A_link_is_an_alias_for_one_container_alone()
    {
        Assert.Null(Ask("database", A));
        Assert.Equal(["10.5.0.3"], Ask("database", A, links: new() { ["database"] = "other" })!.Value.Records);
    }

    [Fact]
    public void Who_leaves_is_forgotten_and_who_is_renamed_is_followed()
    {
        _names.Put("e1", ["site"], [IPAddress.Parse("10.5.0.2")]);
        Assert.Null(Ask("web", A));
        Assert.Equal(["10.5.0.2"], Ask("site", A)!.Value.Records);
        Assert.Equal(["10.5.0.3"], Ask("www", A)!.Value.Records);
        _names.Remove("e2");
        Assert.Null(Ask("www", A));
        Assert.Equal(3, Ask("3.0.5.10.in-addr.arpa", Ptr)!.Value.Result);
    }

    [Fact]
    public void What_does_not_fit_is_cut_and_says_so()
    {
        for (var i = 10; i < 110; i++)
            _names.Put("many" + i, ["many"], [IPAddress.Parse($"10.5.0.{i}")]);
        var (_, cut, some) = Ask("many", A)!.Value;
        Assert.True(cut);
        Assert.InRange(some.Count, 20, 35);
        var (_, whole, all) = Ask("many", A, udpSize: 4096)!.Value;
        Assert.False(whole);
        Assert.Equal(100, all.Count);
    }
}
