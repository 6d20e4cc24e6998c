using System.Globalization;
using System.Text;
using Pier.Model.Streams;

namespace Pier.Cli.Transport;

/// <summary>Writes a request's body in chunks (RFC 9112, section 7.1); small writes are gathered. End writes the last chunk.</summary>
sealed class ChunkedBody(Stream inner) : WriteOnlyStream
{
    // In front of the data stays room for the size line, behind it for the line's end.
    const int Front = 10,
        Capacity = 256 * 1024;

    readonly byte[] _buffer = new byte[Front + Capacity + 2];
    int _used;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var bytes = buffer;
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, Capacity - _used);
            bytes[..length].CopyTo(_buffer.AsSpan(Front + _used));
            bytes = bytes[length..];
            if ((_used += length) == Capacity)
                Flush();
        }
    }

    public override void Flush()
    {
        if (_used == 0)
            return;
        var size = Encoding.ASCII.GetBytes(_used.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
        size.CopyTo(_buffer, Front - size.Length);
        "\r\n"u8.CopyTo(_buffer.AsSpan(Front + _used));
        inner.Write(_buffer, Front - size.Length, size.Length + _used + 2);
        _used = 0;
    }

    public void End()
    {
        Flush();
        inner.Write("0\r\n\r\n"u8);
    }
}
