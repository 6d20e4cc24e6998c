using System.Net;
using Pier.Network.Addressing;
using Pier.Network.Dns;

namespace Pier.UnitTests.Network.Dns;

/// <summary>Whatever bytes arrive: no exception, no answer longer than allowed, no forged answer taken.</summary>
public class HostileMessageTests
{
    [Fact]
    public void Mutated_queries_never_throw_and_answers_stay_in_their_bounds()
    {
        var names = new NameTable("n", [Subnet.Parse("10.5.0.0/24")]);
        for (var i = 2; i < 60; i++)
            names.Put("e" + i, ["web"], [IPAddress.Parse($"10.5.0.{i}")]);
        var view = new NameView([(names, new Dictionary<string, string>())], Upstreams.None);
        var random = new Random(11);
        byte[][] seeds =
        [
            DnsQuery.Of("web", 1),
            DnsQuery.Of("web", 1, udpSize: 4096),
            DnsQuery.Of("3.0.5.10.in-addr.arpa", 12),
            DnsQuery.Of(string.Join('.', Enumerable.Repeat("aaaaaaa", 30)), 28),
        ];
        var answer = new byte[DnsAnswer.DatagramSize];
        var answered = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var query = (byte[])seeds[round % seeds.Length].Clone();
            for (var i = random.Next(4); i > 0; i--)
                query[random.Next(query.Length)] = (byte)random.Next(256);
            var message = query.AsSpan(0, random.Next(8) == 0 ? random.Next(query.Length + 1) : query.Length);
            if (!DnsQuestion.TryRead(message, out var question))
                continue;
            var limit = Math.Min(question.UdpSize, answer.Length);
            var length = view.Answer(message, question, answer, limit, round & 0xffff);
            Assert.InRange(length, DnsQuestion.HeaderLength, limit);
            answered++;
        }

        Assert.InRange(answered, 10_000, 100_000);
    }

    [Fact]
    public void What_is_no_query_is_not_read()
    {
        var query = DnsQuery.Of("web", 1);
        byte[] With(int at, byte value)
        {
            var changed = (byte[])query.Clone();
            changed[at] = value;
            return changed;
        }

        Assert.False(DnsQuestion.TryRead(With(2, 0x81), out _)); // an answer
        Assert.False(DnsQuestion.TryRead(With(2, 0x29), out _)); // another opcode
        Assert.False(DnsQuestion.TryRead(With(5, 2), out _)); // two questions
        Assert.False(DnsQuestion.TryRead(With(12, 0xc0), out _)); // a pointer to itself
        Assert.False(DnsQuestion.TryRead(With(12, 60), out _)); // a label beyond the end
        Assert.False(DnsQuestion.TryRead(query.AsSpan(0, 11), out _));
        Assert.True(DnsQuestion.TryRead(With(13, 0xff), out var odd));
        Assert.Null(odd.Name);
    }

    [Fact]
    public void Only_the_answer_to_what_was_asked_is_taken()
    {
        var asked = DnsQuery.Of("example.org", 1, id: 77);
        Assert.True(DnsQuestion.TryRead(asked, out var question));
        var right = (byte[])asked.Clone();
        right[2] |= 0x80;
        right[13] = (byte)'E';
        Assert.True(Forwarder.Matches(right, asked, question));
        Assert.False(Forwarder.Matches(asked, asked, question));
        Assert.False(Forwarder.Matches([.. right.Take(20)], asked, question));
        foreach (var at in (int[])[1, 14, 5, right.Length - 3])
        {
            var forged = (byte[])right.Clone();
            forged[at] ^= 3;
            Assert.False(Forwarder.Matches(forged, asked, question));
        }
    }
}
