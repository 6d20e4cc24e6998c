using System.Buffers.Binary;

namespace Pier.Cli.Sessions;

/// <summary>Takes Docker's multiplexed frames apart: 1 (and 0) to standard output, 2 to standard error, 3 is the daemon's error.</summary>
sealed class FrameReader(Stream output, Stream error)
{
    readonly byte[] _header = new byte[8];
    readonly MemoryStream _systemError = new();
    int _headerLength;
    long _left;

    /// <summary>Bytes as they came from the wire.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left == 0)
            {
                var part = bytes[..Math.Min(bytes.Length, 8 - _headerLength)];
                part.CopyTo(_header.AsSpan(_headerLength));
                _headerLength += part.Length;
                bytes = bytes[part.Length..];
                if (_headerLength < 8)
                    return;
                _headerLength = 0;
                _left = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4));
                continue;
            }
            var payload = bytes[..(int)Math.Min(bytes.Length, _left)];
            Target().Write(payload);
            _left -= payload.Length;
            bytes = bytes[payload.Length..];
            if (_left == 0 && _header[0] == 3)
                throw new CliFailure("error from daemon in stream: " + System.Text.Encoding.UTF8.GetString(_systemError.ToArray()));
        }
    }

    Stream Target() =>
        _header[0] switch
        {
            0 or 1 => output,
            2 => error,
            3 => _systemError,
            var other => throw new CliFailure($"Unrecognized input header: {other}"),
        };
}
