using System.Text;

namespace Pier.Cli.Transport;

/// <summary>Reads an HTTP/1.1 answer from a blocking stream (RFC 9112): head lines, then bytes.</summary>
sealed class ResponseReader(Stream stream)
{
    readonly byte[] _buffer = new byte[64 * 1024];
    int _start,
        _end;

    /// <summary>A line without its CRLF. Throws EndOfStream when the connection ended.</summary>
    public string ReadLine()
    {
        while (true)
        {
            var line = _buffer.AsSpan(_start, _end - _start);
            var newline = line.IndexOf((byte)'\n');
            if (newline >= 0)
            {
                _start += newline + 1;
                return Encoding.UTF8.GetString(line[..newline].TrimEnd((byte)'\r'));
            }
            if (line.Length == _buffer.Length)
                throw new InvalidDataException("a header line is too long");
            line.CopyTo(_buffer);
            (_start, _end) = (0, line.Length);
            var count = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (count == 0)
                throw new EndOfStreamException("the daemon closed the connection");
            _end += count;
        }
    }

    /// <summary>As <see cref="Read"/>, without a thread that waits.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken ct) =>
        _start < _end ? new(Read(target.Span)) : stream.ReadAsync(target, ct);

    /// <summary>What is buffered, or else one read; 0 at the end.</summary>
    public int Read(Span<byte> target)
    {
        if (_start == _end)
        {
            if (target.Length >= _buffer.Length)
                return stream.Read(target);
            _start = 0;
            _end = stream.Read(_buffer, 0, _buffer.Length);
        }
        var count = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(target);
        _start += count;
        return count;
    }
}
