using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pier.Network.Dns;

/// <summary>RCODEs (RFC 1035, section 4.1.1).</summary>
enum DnsResult : byte
{
    None = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>Writes answers into a buffer. What does not fit is left out with TC set, so that the asker comes back by TCP.</summary>
static class DnsAnswer
{
    /// <summary>Record types.</summary>
    public const ushort A = 1,
        Ptr = 12,
        Aaaa = 28,
        Any = 255,
        ClassIn = 1;

    /// <summary>Seconds that an answer may be kept: a container's address changes with its next start.</summary>
    public const uint TimeToLive = 5;

    const int RecordHeader = 12,
        OptLength = 11;
    const ushort Response = 0x8000,
        Truncated = 0x200,
        RecursionAvailable = 0x80,
        RecursionDesired = 0x100;

    /// <summary>An answer without records. Returns its length.</summary>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> query, in DnsQuestion question, DnsResult result, int limit) =>
        Finish(target, query, question, result, 0, Begin(target, query, question), limit, truncated: false);

    /// <summary>Nothing but TC.</summary>
    public static int WriteTruncated(Span<byte> target, ReadOnlySpan<byte> query, in DnsQuestion question) =>
        Finish(target, query, question, DnsResult.None, 0, Begin(target, query, question), DnsQuestion.MinimumUdpSize, truncated: true);

    /// <summary>Addresses: A and AAAA records by their family.</summary>
    public static int Write(
        Span<byte> target,
        ReadOnlySpan<byte> query,
        in DnsQuestion question,
        IReadOnlyList<IPAddress> addresses,
        int first,
        int limit
    )
    {
        var at = Begin(target, query, question);
        var (count, truncated) = (0, false);
        var room = Math.Min(limit, target.Length) - (question.HasOptions ? OptLength : 0);
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < addresses.Count; i++)
        {
            var address = addresses[(first + i) % addresses.Count];
            address.TryWriteBytes(bytes, out var length);
            if (at + RecordHeader + length > room)
            {
                truncated = true;
                break;
            }

            at = Record(target, at, address.AddressFamily == AddressFamily.InterNetwork ? A : Aaaa, bytes[..length]);
            count++;
        }

        return Finish(target, query, question, DnsResult.None, count, at, limit, truncated);
    }

    /// <summary>The name of an address.</summary>
    public static int WriteName(Span<byte> target, ReadOnlySpan<byte> query, in DnsQuestion question, string name, int limit)
    {
        var at = Begin(target, query, question);
        Span<byte> encoded = stackalloc byte[256];
        var length = 0;
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (label.Length > 63 || length + label.Length + 2 > 255)
                return Write(target, query, question, DnsResult.NameError, limit);
            encoded[length++] = (byte)label.Length;
            length += Encoding.ASCII.GetBytes(label, encoded[length..]);
        }

        encoded[length++] = 0;
        if (at + RecordHeader + length + OptLength > limit)
            return WriteTruncated(target, query, question);
        return Finish(target, query, question, DnsResult.None, 1, Record(target, at, Ptr, encoded[..length]), limit, truncated: false);
    }

    static int Begin(Span<byte> target, ReadOnlySpan<byte> query, in DnsQuestion question)
    {
        query[..question.End].CopyTo(target);
        return question.End;
    }

    static int Record(Span<byte> target, int at, ushort type, ReadOnlySpan<byte> data)
    {
        // A pointer to the question's name.
        BinaryPrimitives.WriteUInt16BigEndian(target[at..], 0xc000 | DnsQuestion.HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(target[(at + 2)..], type);
        BinaryPrimitives.WriteUInt16BigEndian(target[(at + 4)..], ClassIn);
        BinaryPrimitives.WriteUInt32BigEndian(target[(at + 6)..], TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(target[(at + 10)..], (ushort)data.Length);
        data.CopyTo(target[(at + RecordHeader)..]);
        return at + RecordHeader + data.Length;
    }

    static int Finish(
        Span<byte> target,
        ReadOnlySpan<byte> query,
        in DnsQuestion question,
        DnsResult result,
        int answers,
        int at,
        int limit,
        bool truncated
    )
    {
        var flags =
            Response | RecursionAvailable | (question.RecursionDesired ? RecursionDesired : 0) | (truncated ? Truncated : 0) | (int)result;
        BinaryPrimitives.WriteUInt16BigEndian(target, question.Id);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(target[6..], (ushort)answers);
        var options = question.HasOptions && at + OptLength <= target.Length;
        BinaryPrimitives.WriteUInt32BigEndian(target[8..], options ? 1u : 0u);
        if (!options)
            return at;
        var opt = target.Slice(at, OptLength);
        opt.Clear();
        opt[2] = 41;
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], (ushort)DatagramSize);
        return at + OptLength;
    }

    /// <summary>Bytes of a query or an answer that are taken by UDP.</summary>
    public const int DatagramSize = 4096;
}
