using Pier.Contracts.Http2;

namespace Pier.UnitTests.Api.Grpc;

public class HpackTests
{
    // RFC 7541 appendix C.4: requests with Huffman codes, which share a table.
    [Fact]
    public void The_examples_of_the_RFC_decode()
    {
        var decoder = new HpackDecoder();
        Assert.Equal(
            [new(":method", "GET"), new(":scheme", "http"), new(":path", "/"), new(":authority", "www.example.com")],
            decoder.Decode(Convert.FromHexString("828684418cf1e3c2e5f23a6ba0ab90f4ff"))
        );
        Assert.Equal(
            [
                new(":method", "GET"),
                new(":scheme", "http"),
                new(":path", "/"),
                new(":authority", "www.example.com"),
                new("cache-control", "no-cache"),
            ],
            decoder.Decode(Convert.FromHexString("828684be5886a8eb10649cbf"))
        );
        Assert.Equal(
            [
                new(":method", "GET"),
                new(":scheme", "https"),
                new(":path", "/index.html"),
                new(":authority", "www.example.com"),
                new("custom-key", "custom-value"),
            ],
            decoder.Decode(Convert.FromHexString("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"))
        );
    }

    [Fact]
    public void What_is_encoded_decodes_repeated_names_and_long_values_included()
    {
        KeyValuePair<string, string>[] headers =
        [
            new(":path", "/a"),
            new("p", "one"),
            new("p", "two"),
            new("long", new string('x', 40_000)),
            new("edge", new string('y', 127)),
            new("empty", ""),
        ];
        Assert.Equal(headers, new HpackDecoder().Decode(HpackEncoder.Encode(headers)));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("ff")]
    [InlineData("ffffffffff7f")]
    [InlineData("00")]
    [InlineData("0005aa")]
    [InlineData("000161")]
    [InlineData("3fffff7f")]
    [InlineData("bf")]
    public void Broken_blocks_are_errors(string hex) =>
        Assert.Throws<Http2Exception>(() => new HpackDecoder().Decode(Convert.FromHexString(hex)));

    [Fact]
    public void A_small_block_does_not_become_a_large_list()
    {
        // One entry of the table, named again and again.
        var block = HpackEncoder.Encode([new("a", new string('v', 3000))]);
        block[0] = 0x40;
        Assert.Throws<Http2Exception>(() => new HpackDecoder().Decode([.. block, .. Enumerable.Repeat((byte)0xBE, 1000)]));
    }

    [Fact]
    public void Noise_decodes_or_is_an_error()
    {
        var random = new Random(7541);
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            try
            {
                new HpackDecoder().Decode(bytes);
            }
            catch (Http2Exception) { }
        }
    }
}
