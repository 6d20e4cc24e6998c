using Pier.Linux.Netlink;
using Pier.Linux.Nftables;

namespace Pier.UnitTests.Linux;

/// <summary>The bytes that go to the kernel, and what is read of those that come.</summary>
public class NetlinkTests
{
    [Fact]
    public void A_message_is_a_header_and_aligned_attributes()
    {
        var writer = new NetlinkWriter();
        writer
            .Begin(16, NetlinkFlags.Create | NetlinkFlags.Exclusive, "RTM_NEWLINK", "x")
            .Raw([1, 2, 3])
            .Text(3, "abc")
            .Open(18)
            .Number(1, 7)
            .BigEndian(2, 7)
            .Close()
            .End();
        Assert.Equal(
            "30000000"
                + "1000"
                + "0106"
                + "01000000"
                + "00000000" // length 48, type 16, flags, sequence, port
                + "01020300"
                + "0800030061626300" // a family header padded to 4, "abc" with its NUL
                + "14001200"
                + "0800010007000000"
                + "0800020000000007", // a nested attribute of 20 bytes
            Convert.ToHexStringLower(writer.Written)
        );
    }

    [Fact]
    public void The_last_message_that_is_answered_asks_for_an_acknowledgement()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, 0, "first").End().Begin(2, 0, "second").End().Begin(3, 0, "frame", answered: false).End();
        Assert.Equal(2u, writer.AcknowledgeLast());
        Assert.Equal([1, 5, 1], new[] { 6, 22, 38 }.Select(at => (int)writer.Written[at]));
        Assert.Equal("second", writer.Find(2)?.Call);
        writer.Clear();
        Assert.Equal(
            4u,
            new Func<uint>(() =>
            {
                writer.Begin(1, 0, "later").End();
                return writer.FirstSequence;
            })()
        );
    }

    [Fact]
    public void What_does_not_fit_throws()
    {
        var writer = new NetlinkWriter();
        Assert.Throws<InvalidOperationException>(() => writer.Written.Length.ToString() + writer.End());
        writer.Clear();
        writer.Begin(1, 0, "long");
        Assert.Throws<ArgumentException>(() => writer.Attribute(1, new byte[70_000]));
        Assert.Throws<ArgumentException>(() => writer.Text(1, "a\0b"));
        Assert.Throws<InvalidOperationException>(() => writer.Begin(1, 0, "inside"));
        Assert.Throws<InvalidOperationException>(() =>
        {
            for (var i = 0; i < 20; i++)
                writer.Raw(new byte[60_000]);
        });
    }

    [Fact]
    public void Malformed_datagrams_end_where_they_are_malformed()
    {
        foreach (
            var wrong in (byte[][])
                [
                    [],
                    [1, 2, 3],
                    [8, 0, 0, 0, .. new byte[12]],
                    [255, 255, 255, 127, .. new byte[12]],
                    [0xff, 0xff, 0xff, 0xff, .. new byte[12]],
                ]
        )
        {
            ReadOnlySpan<byte> datagram = wrong;
            Assert.False(NetlinkMessage.TryTake(ref datagram, out _));
        }

        foreach (
            var wrong in (byte[][])
                [
                    [4],
                    [3, 0, 1, 0],
                    [9, 0, 1, 0, 1, 2, 3, 4],
                    [0, 0, 0, 0],
                ]
        )
        {
            var attributes = new NetlinkAttributes(wrong);
            Assert.False(attributes.Next());
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            if (bytes.Length > 4)
                bytes.AsSpan(1, 3).Clear();
            ReadOnlySpan<byte> datagram = bytes;
            while (NetlinkMessage.TryTake(ref datagram, out var message))
            {
                var attributes = message.Attributes(16);
                while (attributes.Next())
                    _ = attributes.Nested(attributes.Type).Text(1);
            }
        }
    }

    [Fact]
    public void A_concatenation_pads_every_component()
    {
        var map = new NftMap("ports", [NftField.Protocol, NftField.Ipv4Address, NftField.Service], [NftField.Ipv4Address]);
        Assert.Equal<byte>([6, 0, 0, 0, 1, 2, 3, 4, 0, 80, 0, 0], map.PackKey([6], [1, 2, 3, 4], [0, 80]));
        Assert.Equal<byte>([1, 2, 3, 4], map.PackValue([1, 2, 3, 4]));
        Assert.Equal((12u << 6 | 7) << 6 | 13, NftField.TypeOf(map.Key));
        Assert.Throws<ArgumentException>(() => map.PackKey([6], [1, 2, 3], [0, 80]));
        Assert.Throws<ArgumentException>(() => map.PackKey([6]));
    }
}
