using System.Buffers;
using System.Text;

namespace Pier.Contracts.Http2;

/// <summary>Header blocks out: plain literals, no table, no Huffman code. The peer understands them whatever its settings.</summary>
static class HpackEncoder
{
    internal static byte[] Encode(IEnumerable<KeyValuePair<string, string>> headers)
    {
        var block = new ArrayBufferWriter<byte>(256);
        foreach (var (name, value) in headers)
        {
            block.Write([(byte)0]);
            WriteText(block, name);
            WriteText(block, value);
        }
        return block.WrittenSpan.ToArray();
    }

    static void WriteText(ArrayBufferWriter<byte> block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        // RFC 7541 section 5.1: an integer with a prefix of seven bits.
        if (bytes.Length < 127)
        {
            block.Write([(byte)bytes.Length]);
        }
        else
        {
            block.Write([(byte)127]);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
                block.Write([(byte)(rest & 127 | 128)]);
            block.Write([(byte)rest]);
        }
        block.Write(bytes);
    }
}

/// <summary>Header blocks in. The blocks of a connection share their table: each has to be decoded, in order.</summary>
sealed class HpackDecoder
{
    /// <summary>Of a decoded list, counted as SETTINGS_MAX_HEADER_LIST_SIZE counts.</summary>
    const int MaxList = 1 << 20;

    readonly HeaderTable _table = new();

    internal List<KeyValuePair<string, string>> Decode(ReadOnlySpan<byte> block)
    {
        var (headers, size) = (new List<KeyValuePair<string, string>>(), 0);
        while (!block.IsEmpty)
        {
            var first = block[0];
            if ((first & 0xE0) == 0x20)
            {
                _table.Resize(ReadInteger(ref block, 5));
                continue;
            }
            var (name, value) = (first & 0x80) != 0 ? _table[ReadInteger(ref block, 7)] : ReadLiteral(ref block, first);
            size += HeaderTable.SizeOf(name, value);
            if (size > MaxList)
                throw new Http2Exception(Http2Error.EnhanceYourCalm, "header list too large");
            headers.Add(new(name, value));
        }
        return headers;
    }

    (string Name, string Value) ReadLiteral(ref ReadOnlySpan<byte> block, byte first)
    {
        var indexed = (first & 0x40) != 0;
        var index = ReadInteger(ref block, indexed ? 6 : 4);
        var name = index > 0 ? _table[index].Name : ReadText(ref block);
        var value = ReadText(ref block);
        if (indexed)
            _table.Add(name, value);
        return (name, value);
    }

    static string ReadText(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
            throw Torn();
        var packed = (block[0] & 0x80) != 0;
        var length = ReadInteger(ref block, 7);
        if (length > block.Length)
            throw Torn();
        var bytes = block[..length];
        block = block[length..];
        return Encoding.Latin1.GetString(packed ? Huffman.Decode(bytes) : bytes);
    }

    static int ReadInteger(ref ReadOnlySpan<byte> block, int prefix)
    {
        if (block.IsEmpty)
            throw Torn();
        var mask = (1 << prefix) - 1;
        var value = block[0] & mask;
        block = block[1..];
        if (value < mask)
            return value;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            if (block.IsEmpty)
                throw Torn();
            var next = block[0];
            block = block[1..];
            value += (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return value;
        }
        throw new Http2Exception(Http2Error.Compression, "header integer too large");
    }

    static Http2Exception Torn() => new(Http2Error.Compression, "torn header block");
}
