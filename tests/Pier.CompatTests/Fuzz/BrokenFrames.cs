using System.Buffers.Binary;
using System.Text;

namespace Pier.CompatTests.Fuzz;

/// <summary>WebSocket frames as RFC 6455 forbids them, and some that it allows but nobody expects.</summary>
static class BrokenFrames
{
    const byte Text = 1,
        Binary = 2,
        Close = 8,
        Ping = 9,
        Pong = 10;

    static readonly byte[] Mask = [1, 2, 3, 4];

    /// <summary>Whether the daemon has to end the connection by itself.</summary>
    public static IEnumerable<(string What, byte[] Bytes, bool Ends)> Fixed()
    {
        yield return ("unmasked", Frame(Text, "hello"u8, masked: false), true);
        yield return ("reserved bits", Frame(Text | 0x70, "hello"u8), true);
        yield return ("reserved opcode 3", Frame(3, "hello"u8), true);
        yield return ("reserved control opcode 11", Frame(11, "hello"u8), true);
        yield return ("ping of 126 bytes", Frame(Ping, new byte[126]), true);
        yield return ("close of 70,000 bytes", Frame(Close, new byte[70_000]), true);
        yield return ("ping in fragments", Frame(Ping, "a"u8, last: false), true);
        yield return ("continuation of nothing", Frame(0, "a"u8), true);
        yield return ("a message within a message", [.. Frame(Text, "a"u8, last: false), .. Frame(Binary, "b"u8)], true);
        yield return ("a length of 64 bits, negative", [0x82, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 1, .. Mask, 1], true);
        yield return ("close of one byte", Frame(Close, [3]), true);
        yield return ("close with a code that is none", Frame(Close, [0, 5]), true);
        yield return ("close with bytes that are no text", Frame(Close, [3, 0xE8, 0xFF, 0xFE]), true);
        yield return ("an ordinary close", Frame(Close, [3, 0xE8]), true);
        yield return ("text that is none", Frame(Text, [0xFF, 0xFE, 0xC0]), false);
        yield return ("a terabyte that never comes", [0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, .. Mask, 1, 2, 3], false);
        yield return ("a length of 16 bits for one byte", [0x82, 0xFE, 0, 1, .. Mask, 0], false);
        yield return ("half a header", [0x82], false);
        yield return ("a frame cut off", Frame(Binary, new byte[1000])[..100], false);
        yield return ("a megabyte", Frame(Binary, new byte[1 << 20]), false);
        yield return ("10,000 fragments", Repeat(Frame(0, "a"u8, last: false), 10_000, Frame(Binary, "a"u8, last: false)), false);
        yield return ("10,000 empty fragments", Repeat(Frame(0, [], last: false), 10_000, Frame(Text, [], last: false)), false);
        yield return ("10,000 pings", Repeat(Frame(Ping, new byte[125]), 10_000, []), false);
        yield return ("pongs that nobody asked for", Repeat(Frame(Pong, "x"u8), 1_000, []), false);
        yield return ("another request", Encoding.ASCII.GetBytes("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n"), true);
    }

    /// <summary>Frames with a few bits turned, or only noise.</summary>
    public static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        if (random.Next(3) == 0)
            return bytes;
        var frame = Frame((byte)random.Next(16), bytes, masked: random.Next(4) > 0, last: random.Next(3) > 0);
        for (var turned = random.Next(4); turned > 0; turned--)
            frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
        return frame[..random.Next(1, frame.Length + 1)];
    }

    /// <summary>What whole frames of the daemon carry, which are unmasked; a character a byte.</summary>
    public static string Payloads(string frames)
    {
        var text = new StringBuilder();
        for (var at = 0; at + 2 <= frames.Length; )
        {
            var (length, head) = (frames[at + 1] & 0x7F, 2);
            if (length == 126)
            {
                if (at + 4 > frames.Length)
                    break;
                (length, head) = ((frames[at + 2] << 8) | frames[at + 3], 4);
            }
            if (at + head + length > frames.Length)
                break;
            text.Append(frames, at + head, length);
            at += head + length;
        }
        return text.ToString();
    }

    static byte[] Frame(byte first, ReadOnlySpan<byte> payload, bool masked = true, bool last = true)
    {
        List<byte> frame = [(byte)(first | (last ? 0x80 : 0))];
        var mark = masked ? 0x80 : 0;
        if (payload.Length < 126)
        {
            frame.Add((byte)(mark | payload.Length));
        }
        else
        {
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.Add((byte)(mark | (payload.Length < 1 << 16 ? 126 : 127)));
            frame.AddRange(payload.Length < 1 << 16 ? length[6..] : length);
        }
        if (masked)
            frame.AddRange(Mask);
        for (var i = 0; i < payload.Length; i++)
            frame.Add((byte)(payload[i] ^ (masked ? Mask[i & 3] : 0)));
        return [.. frame];
    }

    static byte[] Repeat(byte[] frame, int times, byte[] before) => [.. before, .. Enumerable.Repeat(frame, times).SelectMany(f => f)];
}
