using System.Globalization;
using Pier.Model.Streams;

namespace Pier.Cli.Transport;

/// <summary>An answer's body: by length, chunked, or until the connection ends (RFC 9112, section 6.3).</summary>
sealed class BodyStream(ResponseReader reader, long length, bool chunked) : ReadOnlyStream
{
    long _left = chunked ? 0 : length;
    bool _firstChunk = true;
    bool _ended;

    /// <summary>Every byte was read, so that the connection can serve another request.</summary>
    public bool IsComplete => _ended || (!chunked && length >= 0 && _left == 0);

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || IsComplete)
            return 0;
        if (chunked && _left == 0 && !NextChunk())
            return 0;
        var limit = _left < 0 ? buffer.Length : (int)Math.Min(buffer.Length, _left);
        var count = reader.Read(buffer[..limit]);
        if (count == 0)
        {
            if (length >= 0 || chunked)
                throw new EndOfStreamException("unexpected EOF");
            _ended = true;
        }
        else if (_left > 0)
        {
            _left -= count;
        }
        return count;
    }

    bool NextChunk()
    {
        if (!_firstChunk)
            reader.ReadLine();
        _firstChunk = false;
        var line = reader.ReadLine();
        var end = line.IndexOf(';');
        var digits = end < 0 ? line.AsSpan() : line.AsSpan(0, end);
        if (!long.TryParse(digits.Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
            throw new InvalidDataException($"malformed chunk size: {line}");
        if (_left > 0)
            return true;
        while (reader.ReadLine().Length > 0)
        {
            // Trailers.
        }
        _ended = true;
        return false;
    }
}
