using System.Net;
using Pier.Model;
using Pier.Network.Files;

namespace Pier.UnitTests.Network;

public class FilesTests
{
    static readonly IPAddress Gateway = new([172, 17, 0, 1]);

    [Fact]
    public void Hosts_has_the_standard_names_the_users_and_its_own()
    {
        var text = HostsFile.Write("web", null, [new IPAddress([172, 17, 0, 2])], [new ExtraHost("db", new IPAddress([10, 0, 0, 9]))]);
        Assert.Equal(
            "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\n"
                + "ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n10.0.0.9\tdb\n172.17.0.2\tweb\n",
            text
        );
        Assert.EndsWith("172.17.0.2\tweb.example.org web\n", HostsFile.Write("web", "example.org", [new IPAddress([172, 17, 0, 2])], []));
        Assert.EndsWith(
            "172.17.0.2\tweb.example.org web\n",
            HostsFile.Write("web.example.org", null, [new IPAddress([172, 17, 0, 2])], [])
        );
        Assert.DoesNotContain("web", HostsFile.Write("web", null, [], []));
        Assert.Equal(
            "127.0.0.1 here\n10.0.0.9\tdb\n",
            HostsFile.WriteForHost("127.0.0.1 here", [new ExtraHost("db", new IPAddress([10, 0, 0, 9]))])
        );
        Assert.Equal("web\n", HostnameFile.Write("web"));
    }

    [Fact]
    public void Hosts_follows_what_a_running_container_joins_and_leaves()
    {
        var file = "127.0.0.1\tlocalhost\n172.17.0.2\tweb\n10.9.0.2\tweb\n1.2.3.4 mine\n172.17.0.3\tdb 0123 postgres\n";
        var lines = HostsFile.Lines("web", null, [new IPAddress([10, 9, 0, 2])]);
        Assert.Equal("127.0.0.1\tlocalhost\n172.17.0.2\tweb\n1.2.3.4 mine\n172.17.0.3\tdb 0123 postgres\n", HostsFile.Without(file, lines));
        Assert.Contains(
            "\n172.17.0.9\tdb 0123 postgres\n",
            HostsFile.Replace(file, [new ExtraHost("db 0123 postgres", new IPAddress([172, 17, 0, 9]))])
        );
    }

    [Fact]
    public void With_names_the_only_server_is_the_containers_own()
    {
        const string host = "nameserver 127.0.0.53\nnameserver 10.0.0.1\nsearch example.org\noptions edns0 ndots:5\n";
        var text = ResolvFile.WriteForNames(host, ResolvRequest.Nothing);
        Assert.EndsWith("nameserver 127.0.0.11\nsearch example.org\noptions edns0 ndots:0\n", text);
        Assert.EndsWith(
            "nameserver 127.0.0.11\nsearch a b\noptions ndots:2\n",
            ResolvFile.WriteForNames(host, new ResolvRequest(["9.9.9.9"], ["a", "b"], ["ndots:2"]))
        );
        Assert.Equal(["127.0.0.53", "10.0.0.1"], ResolvFile.Servers(host).Select(s => s.ToString()));
    }

    [Theory]
    [InlineData("db:10.0.0.9", "db", "10.0.0.9")]
    [InlineData("db=10.0.0.9", "db", "10.0.0.9")]
    [InlineData("db:fd00::9", "db", "fd00::9")]
    [InlineData("db=[fd00::9]", "db", "fd00::9")]
    [InlineData("host.docker.internal:host-gateway", "host.docker.internal", "172.17.0.1")]
    public void An_added_host_is_a_name_and_an_address(string text, string name, string address) =>
        Assert.Equal(new ExtraHost(name, IPAddress.Parse(address)), ExtraHost.Parse(text, Gateway));

    [Theory]
    [InlineData("db", "bad format for add-host: \"db\"")]
    [InlineData(":10.0.0.9", "bad format for add-host: \":10.0.0.9\"")]
    [InlineData("a b:10.0.0.9", "bad format for add-host: \"a b:10.0.0.9\"")]
    [InlineData("db:10.0.0", "invalid IP address in add-host: \"10.0.0\"")]
    [InlineData("db:1.2.3.4\n6.6.6.6 registry", "invalid IP address in add-host: \"1.2.3.4\n6.6.6.6 registry\"")]
    public void A_wrong_added_host_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => ExtraHost.Parse(text, Gateway)).Message);

    [Fact]
    public void Without_a_bridge_there_is_no_host_gateway() =>
        Assert.Throws<InvalidParameterException>(() => ExtraHost.Parse("host.docker.internal:host-gateway", null));

    static string Lines(string text) => string.Join('|', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#'));

    [Theory]
    [InlineData(
        "nameserver 10.0.0.2\nsearch a.org b.org\noptions ndots:2 edns0\n",
        "nameserver 10.0.0.2|search a.org b.org|options ndots:2 edns0"
    )]
    [InlineData("nameserver 127.0.0.1\nnameserver 127.0.0.53\nnameserver 10.0.0.2 # ours\n", "nameserver 10.0.0.2")]
    [InlineData("nameserver 127.0.0.53\nnameserver ::1\nnameserver fe80::1%eth0\n", "nameserver 8.8.8.8|nameserver 8.8.4.4")]
    [InlineData("", "nameserver 8.8.8.8|nameserver 8.8.4.4")]
    [InlineData("# nameserver 1.1.1.1\n;nameserver 1.1.1.1\n\tnameserver\t10.0.0.2\r\ndomain c.org\nsearch .\n", "nameserver 10.0.0.2")]
    [InlineData("nameserver 10.0.0.2\nsearch a.org\ndomain b.org\n", "nameserver 10.0.0.2|search b.org")]
    public void The_hosts_resolver_is_taken_where_a_container_can_reach_it(string host, string expected) =>
        Assert.Equal(expected, Lines(ResolvFile.Write(host, ResolvRequest.Nothing)));

    [Fact]
    public void The_users_wishes_replace_the_hosts()
    {
        const string host = "nameserver 127.0.0.1\nsearch a.org\noptions ndots:2\n";
        Assert.Equal(
            "nameserver 127.0.0.9|nameserver fd00::1|options rotate",
            Lines(ResolvFile.Write(host, new ResolvRequest(["127.0.0.9", "fd00::1"], ["."], ["rotate"])))
        );
        Assert.Equal(
            "nameserver 8.8.8.8|nameserver 8.8.4.4|search x.org|options ndots:2",
            Lines(ResolvFile.Write(host, new ResolvRequest([], ["x.org"], [])))
        );
        Assert.Equal(host, ResolvFile.WriteForHost(host, ResolvRequest.Nothing));
        Assert.Equal(
            "nameserver 127.0.0.1|search x.org|options ndots:2",
            Lines(ResolvFile.WriteForHost(host, new ResolvRequest([], ["x.org"], [])))
        );
    }

    [Fact]
    public void Systemds_stub_is_recognized()
    {
        Assert.True(ResolvFile.NamesOnlySystemdStub("# x\nnameserver 127.0.0.53\noptions edns0 trust-ad\n"));
        Assert.False(ResolvFile.NamesOnlySystemdStub("nameserver 127.0.0.53\nnameserver 10.0.0.2\n"));
        Assert.False(ResolvFile.NamesOnlySystemdStub(""));
    }
}
