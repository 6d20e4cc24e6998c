using System.Buffers.Binary;
using System.Text;

namespace Pier.Network.Dns;

/// <summary>A query with one question (RFC 1035, section 4.1).</summary>
/// <param name="Id">The asker's number of it.</param>
/// <param name="RecursionDesired">RD.</param>
/// <param name="Name">In lower case without the last dot; null when a label has bytes that no name of ours has.</param>
/// <param name="Type">QTYPE.</param>
/// <param name="Class">QCLASS.</param>
/// <param name="End">Where the question ends in the message.</param>
/// <param name="UdpSize">Bytes of an answer that the asker takes by UDP (RFC 6891); 512 without OPT.</param>
/// <param name="HasOptions">An OPT record is there.</param>
readonly record struct DnsQuestion(
    ushort Id,
    bool RecursionDesired,
    string? Name,
    ushort Type,
    ushort Class,
    int End,
    int UdpSize,
    bool HasOptions
)
{
    public const int HeaderLength = 12,
        MinimumUdpSize = 512;

    const int MaxName = 255,
        MaxLabel = 63,
        MaxAdditional = 8,
        OptType = 41;

    /// <summary>Reads a query; false for what is none (answers, other opcodes, several questions, malformed names). Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsQuestion question)
    {
        question = default;
        if (message.Length < HeaderLength)
            return false;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        // QR and the opcode: 0 is a standard query.
        if ((flags & 0xf800) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
            return false;
        var at = HeaderLength;
        if (!TryReadName(message, ref at, out var name) || at + 4 > message.Length)
            return false;
        question = new DnsQuestion(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            (flags & 0x100) != 0,
            name,
            BinaryPrimitives.ReadUInt16BigEndian(message[at..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]),
            at + 4,
            MinimumUdpSize,
            false
        );
        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        if (records == 0)
            question = question.WithOptions(message, BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
        return true;
    }

    DnsQuestion WithOptions(ReadOnlySpan<byte> message, int count)
    {
        var at = End;
        for (var i = 0; i < Math.Min(count, MaxAdditional); i++)
        {
            if (!TryReadName(message, ref at, out _) || at + 10 > message.Length)
                return this;
            if (BinaryPrimitives.ReadUInt16BigEndian(message[at..]) == OptType)
                return this with
                {
                    HasOptions = true,
                    UdpSize = Math.Max(MinimumUdpSize, (int)BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..])),
                };
            at += 10 + BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        }

        return this;
    }

    /// <summary>Labels without compression: there is nothing before a question that it could point at.</summary>
    static bool TryReadName(ReadOnlySpan<byte> message, ref int at, out string? name)
    {
        name = null;
        Span<byte> text = stackalloc byte[MaxName];
        var (length, plain) = (0, true);
        while (at < message.Length)
        {
            var label = message[at++];
            if (label == 0)
            {
                name = plain ? Encoding.ASCII.GetString(text[..Math.Max(0, length - 1)]) : null;
                return true;
            }

            if (label > MaxLabel || at + label > message.Length || length + label + 1 > MaxName)
                return false;
            foreach (var octet in message.Slice(at, label))
            {
                plain &= octet is > 0x20 and < 0x7f and not (byte)'.';
                text[length++] = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
            }

            text[length++] = (byte)'.';
            at += label;
        }

        return false;
    }
}
