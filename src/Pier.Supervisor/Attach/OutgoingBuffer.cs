using Microsoft.Win32.SafeHandles;
using Pier.Linux.Sockets;

namespace Pier.Supervisor.Attach;

/// <summary>What a peer did not take yet. Holds no memory while everything is taken.</summary>
sealed class OutgoingBuffer
{
    const int Smallest = 64 << 10;

    byte[] _bytes = [];
    int _start,
        _end;

    public int Count => _end - _start;

    /// <summary>Sends what the socket takes and keeps the rest. False when the peer is gone.</summary>
    public bool Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes)
    {
        while (Count == 0 && !bytes.IsEmpty)
        {
            var sent = SocketMessage.Send(socket, bytes, wait: false);
            if (sent.WouldBlock)
                break;
            if (sent.Ended)
                return false;
            bytes = bytes[sent.Count..];
        }
        if (!bytes.IsEmpty)
            Append(bytes);
        return true;
    }

    /// <summary>Sends what was kept. False when the peer is gone.</summary>
    public bool Flush(SafeFileHandle socket)
    {
        while (Count > 0)
        {
            var sent = SocketMessage.Send(socket, _bytes.AsSpan(_start, Count), wait: false);
            if (sent.WouldBlock)
                return true;
            if (sent.Ended)
                return false;
            _start += sent.Count;
        }
        (_bytes, _start, _end) = ([], 0, 0);
        return true;
    }

    void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _bytes.Length)
        {
            var needed = Count + bytes.Length;
            var larger = needed > _bytes.Length ? new byte[Math.Max(2 * _bytes.Length, Math.Max(Smallest, needed))] : _bytes;
            _bytes.AsSpan(_start, Count).CopyTo(larger);
            (_bytes, _start, _end) = (larger, 0, Count);
        }
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }
}
