using System.Threading.Channels;
using Google.Protobuf;
using Pier.Contracts.BuildKit.Files;
using Pier.Contracts.Grpc;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Contracts.BuildKit.Transfers;

/// <summary>
/// The receiving side of a directory's journey. The client tells its entries in order, the last being none; entry number N is asked for by
/// REQ N and comes as DATA N until an empty one; FIN is said by this side and repeated by the client.
/// </summary>
public sealed class DirectoryReception(IMessageStreams streams, IDirectoryReceiver receiver, Action<int>? progress) : IDisposable
{
    /// <summary>More entries than any tree that is built from; they have to be remembered.</summary>
    const int MaxEntries = 5_000_000;

    /// <summary>Files that may be on their way at once: clients send four.</summary>
    const int MaxOpen = 64;

    readonly Dictionary<uint, FileEntry> _wanted = [];
    readonly Dictionary<uint, Stream> _open = [];

    // The client stops reading when it cannot write: requests must never wait for a reading that waits for them.
    readonly Channel<Packet> _outgoing = Channel.CreateUnbounded<Packet>(new UnboundedChannelOptions { SingleReader = true });
    uint _entries;
    bool _told;

    /// <summary>Throws <see cref="InvalidParameterException"/> for packets that make no sense.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var writing = WriteAsync(ended.Token);
        try
        {
            while (!_told || _wanted.Count > 0)
                Take(await NextAsync());
            _outgoing.Writer.TryWrite(new Packet { Type = Packet.Types.PacketType.PacketFin });
            while (await streams.ReadAsync(Packet.Parser) is { } rest && rest.Type != Packet.Types.PacketType.PacketFin)
                Take(rest);
            _outgoing.Writer.TryComplete();
            await writing;
        }
        finally
        {
            await ended.CancelAsync();
            _outgoing.Writer.TryComplete();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await streams.CompleteWritesAsync().ConfigureAwait(false);
    }

    async ValueTask<Packet> NextAsync() =>
        await streams.ReadAsync(Packet.Parser) ?? throw new InvalidParameterException("the client stopped sending its directory");

    async Task WriteAsync(CancellationToken ct)
    {
        await foreach (var packet in _outgoing.Reader.ReadAllAsync(ct))
            await streams.WriteAsync(packet);
    }

    void Take(Packet packet)
    {
        switch (packet.Type)
        {
            case Packet.Types.PacketType.PacketStat when packet.Stat is null:
                _told = true;
                break;
            case Packet.Types.PacketType.PacketStat:
                TakeEntry(packet.Stat);
                break;
            case Packet.Types.PacketType.PacketData:
                TakeData(packet.ID, packet.Data);
                break;
            case Packet.Types.PacketType.PacketErr:
                throw new InvalidParameterException($"error from sender: {packet.Data.ToStringUtf8()}");
            default:
                throw new InvalidParameterException($"invalid packet of type {packet.Type}");
        }
    }

    void TakeEntry(Stat stat)
    {
        if (_told || _entries >= MaxEntries)
            throw new InvalidParameterException("the client sends more files than a directory may have");
        var number = _entries++;
        var entry = FileEntries.ToEntry(stat);
        if (!receiver.Offer(entry))
            return;
        _wanted.Add(number, entry);
        _outgoing.Writer.TryWrite(new Packet { Type = Packet.Types.PacketType.PacketReq, ID = number });
    }

    void TakeData(uint number, ByteString data)
    {
        if (!_wanted.TryGetValue(number, out var entry))
            throw new InvalidParameterException($"invalid file request {number}");
        if (!_open.TryGetValue(number, out var content))
        {
            if (_open.Count >= MaxOpen)
                throw new InvalidParameterException("the client sends too many files at once");
            _open.Add(number, content = receiver.OpenContent(entry));
        }
        if (!data.IsEmpty)
        {
            content.Write(data.Span);
            progress?.Invoke(data.Length);
            return;
        }
        content.Dispose();
        _open.Remove(number);
        _wanted.Remove(number);
    }

    public void Dispose()
    {
        foreach (var content in _open.Values)
            content.Dispose();
    }
}
