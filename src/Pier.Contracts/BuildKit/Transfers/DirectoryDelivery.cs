using System.Threading.Channels;
using Google.Protobuf;
using Pier.Contracts.BuildKit.Files;
using Pier.Contracts.Grpc;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Contracts.BuildKit.Transfers;

/// <summary>The sending side: <see cref="DirectoryReception"/> the other way round, for outputs of type=local.</summary>
public sealed class DirectoryDelivery(IMessageStreams streams, IDirectorySender tree) : IDisposable
{
    /// <summary>As BuildKit cuts content.</summary>
    const int ChunkSize = 32 << 10;

    readonly Dictionary<uint, FileEntry> _files = [];
    readonly Channel<uint> _requests = Channel.CreateUnbounded<uint>();
    readonly SemaphoreSlim _writing = new(1);

    public async Task RunAsync(CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = ReadAsync();
        var sending = SendAsync(ended.Token);
        try
        {
            await TellAsync();
            // Content that cannot be read ends the delivery: the client would wait for it.
            if (await Task.WhenAny(reading, sending) == sending)
                await sending;
            await reading;
            _requests.Writer.TryComplete();
            await sending;
            await WriteAsync(new Packet { Type = Packet.Types.PacketType.PacketFin });
            await streams.CompleteWritesAsync().ConfigureAwait(false);
            while (await streams.ReadAsync(Packet.Parser) is not null)
            {
                // The client may say FIN once more; what counts is that it ended well.
            }
        }
        finally
        {
            await ended.CancelAsync();
            _requests.Writer.TryComplete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task TellAsync()
    {
        uint number = 0;
        foreach (var entry in tree.Entries)
        {
            if ((entry.Mode & 0xF000) == 0x8000 && entry.LinkTarget.Length == 0)
            {
                lock (_files)
                    _files.Add(number, entry);
            }
            number++;
            await WriteAsync(new Packet { Type = Packet.Types.PacketType.PacketStat, Stat = FileEntries.ToStat(entry) });
        }
        await WriteAsync(new Packet { Type = Packet.Types.PacketType.PacketStat });
    }

    async Task ReadAsync()
    {
        while (await streams.ReadAsync(Packet.Parser) is { } packet)
        {
            switch (packet.Type)
            {
                case Packet.Types.PacketType.PacketReq:
                    _requests.Writer.TryWrite(packet.ID);
                    break;
                case Packet.Types.PacketType.PacketFin:
                    return;
                case Packet.Types.PacketType.PacketErr:
                    throw new InvalidParameterException($"error from receiver: {packet.Data.ToStringUtf8()}");
                default:
                    throw new InvalidParameterException($"invalid packet of type {packet.Type}");
            }
        }
        throw new InvalidParameterException("the client stopped taking the build's output");
    }

    async Task SendAsync(CancellationToken ct)
    {
        var buffer = new byte[ChunkSize];
        await foreach (var number in _requests.Reader.ReadAllAsync(ct))
        {
            FileEntry? entry;
            // Once: a client that asks again has no business with the file any more.
            lock (_files)
                _files.Remove(number, out entry);
            if (entry is null)
                throw new InvalidParameterException($"invalid file request {number}");
            await using var content = tree.OpenContent(entry);
            int count;
            while ((count = await content.ReadAsync(buffer, ct)) > 0)
                await WriteAsync(
                    new Packet
                    {
                        Type = Packet.Types.PacketType.PacketData,
                        ID = number,
                        Data = ByteString.CopyFrom(buffer, 0, count),
                    }
                );
            await WriteAsync(new Packet { Type = Packet.Types.PacketType.PacketData, ID = number });
        }
    }

    async Task WriteAsync(Packet packet)
    {
        await _writing.WaitAsync();
        try
        {
            await streams.WriteAsync(packet);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();
}
