using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Pier.UnitTests.Network.Dns;

/// <summary>Writes queries and reads answers, apart from the code under test.</summary>
static class DnsQuery
{
    public static byte[] Of(string name, ushort type, ushort id = 0x1234, int udpSize = 0)
    {
        var bytes = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(udpSize > 0 ? 1 : 0) };
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (udpSize > 0)
            bytes.AddRange([0, 0, 41, (byte)(udpSize >> 8), (byte)udpSize, 0, 0, 0, 0, 0, 0]);
        return [.. bytes];
    }

    /// <summary>RCODE, TC and the addresses or names of an answer.</summary>
    public static (int Result, bool Truncated, List<string> Records) Read(ReadOnlySpan<byte> answer)
    {
        var flags = BinaryPrimitives.ReadUInt16BigEndian(answer[2..]);
        Assert.True((flags & 0x8000) != 0, "it is no answer");
        var at = 12;
        while (answer[at] != 0)
            at += answer[at] + 1;
        at += 5;
        var records = new List<string>();
        for (var i = 0; i < BinaryPrimitives.ReadUInt16BigEndian(answer[6..]); i++)
        {
            Assert.Equal(0xc00c, BinaryPrimitives.ReadUInt16BigEndian(answer[at..]));
            var type = BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 2)..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 10)..]);
            var data = answer.Slice(at + 12, length);
            records.Add(type == 12 ? Name(data) : new IPAddress(data).ToString());
            at += 12 + length;
        }

        return (flags & 15, (flags & 0x200) != 0, records);
    }

    static string Name(ReadOnlySpan<byte> data)
    {
        var labels = new List<string>();
        for (var at = 0; data[at] != 0; at += data[at] + 1)
            labels.Add(Encoding.ASCII.GetString(data.Slice(at + 1, data[at])));
        return string.Join('.', labels);
    }
}
