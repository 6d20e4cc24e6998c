using System.Net;
using Pier.Linux.Netlink;
using Pier.Linux.Nftables;

namespace Pier.UnitTests.Linux;

/// <summary>Whole messages, byte for byte. The kernel tests show that the kernel and nft understand them.</summary>
public class NetlinkGoldenTests
{
    [Fact]
    public void A_veth_pair_is_one_message()
    {
        var writer = new NetlinkWriter();
        writer.AddVeth(new VethEnd("veth0", Master: 5), new VethEnd("eth0", 2, Up: false, Address: [2, 0x42, 10, 0, 0, 2]), 1500);
        Assert.Equal(1, writer.Count);
        Golden.Check("linux/veth.hex", Dump(writer.Written));
    }

    [Fact]
    public void A_rule_is_a_list_of_expressions()
    {
        var map = new NftMap("ports", [NftField.Protocol, NftField.Service], [NftField.Ipv4Address, NftField.Service]);
        var batch = new NftBatch("pier-test")
            .AddTable()
            .AddMap(map)
            .AddBaseChain("out", NftChainType.Nat, NftHook.Output, NftPriority.DestinationNat)
            .AddRule("out", new NftRule().DestinationIsLocal().TranslateDestination(map, byAddress: false))
            .AddRule("out", new NftRule().Source(new IPAddress([10, 9, 0, 0]), 16).NotOutputInterface("br0").Masquerade())
            .AddElement(map, map.PackKey([6], [0, 80]), map.PackValue([10, 9, 0, 2], [0x1f, 0x90]));
        Golden.Check("linux/nft-batch.hex", Dump(batch.Finish().Written));
    }

    static string Dump(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        for (var i = 0; i < bytes.Length; i += 16)
            lines.Add(Convert.ToHexStringLower(bytes[i..Math.Min(i + 16, bytes.Length)]));
        return string.Join('\n', lines) + "\n";
    }
}
