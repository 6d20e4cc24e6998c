using Google.Protobuf;
using Pier.Api.Grpc;
using Pier.Contracts;
using Pier.Contracts.BuildKit.Files;
using Pier.Contracts.BuildKit.Transfers;
using Pier.Contracts.Grpc;
using Pier.Model;
using Pier.Model.Builds;
using Pier.UnitTests.Api.Grpc;
using static Pier.Contracts.BuildKit.Files.Packet.Types;

namespace Pier.UnitTests.Api.BuildKit;

/// <summary>Clients' packets, good and bad, against the receiving side.</summary>
public class DirectoryReceptionTests
{
    const string Method = "/moby.filesync.v1.FileSync/DiffCopy";

    [Fact]
    public async Task Entries_and_what_was_asked_for_arrive()
    {
        var receiver = new Receiver();
        await ReceiveAsync(
            receiver,
            async call =>
            {
                await call.WriteAsync(Stat("dir", GoMode.Directory | 0x1ED));
                await call.WriteAsync(Stat("dir/a", 0x1A4));
                await call.WriteAsync(Stat("dir/b", 0x1A4));
                await call.WriteAsync(new Packet { Type = PacketType.PacketStat });
                var (one, two) = ((await call.ReadAsync(Packet.Parser))!, (await call.ReadAsync(Packet.Parser))!);
                Assert.Equal((PacketType.PacketReq, 1u, PacketType.PacketReq, 2u), (one.Type, one.ID, two.Type, two.ID));
                await call.WriteAsync(Data(2, "sec"));
                await call.WriteAsync(Data(1, "first"));
                await call.WriteAsync(Data(2, "ond"));
                await call.WriteAsync(Data(1, ""));
                await call.WriteAsync(Data(2, ""));
                Assert.Equal(PacketType.PacketFin, (await call.ReadAsync(Packet.Parser))!.Type);
                await call.WriteAsync(new Packet { Type = PacketType.PacketFin });
            }
        );
        Assert.Equal(["dir", "dir/a", "dir/b"], receiver.Entries.Select(e => e.Path));
        Assert.Equal(("first", "second"), (receiver.Text("dir/a"), receiver.Text("dir/b")));
    }

    public static TheoryData<string, Packet[]> Bad =>
        new()
        {
            { "data nobody asked for", [Stat("a", GoMode.Directory | 0x1ED), Data(0, "x")] },
            { "data before entries", [Data(7, "x")] },
            { "a request from the client", [new Packet { Type = PacketType.PacketReq, ID = 1 }] },
            { "an error", [new Packet { Type = PacketType.PacketErr, Data = ByteString.CopyFromUtf8("no") }] },
            { "an unknown packet", [new Packet { Type = (PacketType)99 }] },
            {
                "the end before the content",
                [Stat("a", 0x1A4), new Packet { Type = PacketType.PacketStat }, new Packet { Type = PacketType.PacketFin }]
            },
            { "an entry after the last", [Stat("a", 0x1A4), new Packet { Type = PacketType.PacketStat }, Stat("b", 0x1A4)] },
            { "content twice", [Stat("a", 0x1A4), Data(0, "x"), Data(0, ""), Data(0, "y")] },
            {
                "a name that is no text",
                [
                    new Packet
                    {
                        Type = PacketType.PacketStat,
                        Stat = new Stat { Path = ByteString.CopyFrom(0xFF, 0xFE) },
                    },
                ]
            },
            {
                "a negative size",
                [
                    new Packet
                    {
                        Type = PacketType.PacketStat,
                        Stat = new Stat { Path = ByteString.CopyFromUtf8("a"), Size = -1 },
                    },
                ]
            },
            {
                "too many files at once",
                [.. Enumerable.Range(0, 100).Select(i => Stat("f" + i, 0x1A4)), .. Enumerable.Range(0, 100).Select(i => Data((uint)i, "x"))]
            },
            { "nothing more", [Stat("a", 0x1A4)] },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Packets_that_make_no_sense_end_the_transfer(string name, Packet[] packets)
    {
        Assert.NotEmpty(name);
        var receiver = new Receiver();
        await Assert.ThrowsAsync<InvalidParameterException>(() =>
            ReceiveAsync(
                receiver,
                async call =>
                {
                    foreach (var packet in packets)
                        await call.WriteAsync(packet);
                }
            )
        );
        Assert.True(receiver.AllClosed);
    }

    [Fact]
    public async Task Noise_ends_the_transfer_in_bounded_time()
    {
        var random = new Random(4);
        for (var round = 0; round < 30; round++)
        {
            var receiver = new Receiver();
            var packets = Enumerable
                .Range(0, random.Next(200))
                .Select(_ =>
                    random.Next(4) switch
                    {
                        0 => Stat("p" + random.Next(50), (uint)random.Next() | (random.Next(3) == 0 ? GoMode.Directory : 0)),
                        1 => Data((uint)random.Next(20), new string('x', random.Next(10))),
                        2 => new Packet { Type = PacketType.PacketStat },
                        _ => new Packet { Type = (PacketType)random.Next(6), ID = (uint)random.Next(5) },
                    }
                )
                .ToArray();
            await Record.ExceptionAsync(() =>
                ReceiveAsync(
                    receiver,
                    async call =>
                    {
                        foreach (var packet in packets)
                            await call.WriteAsync(packet);
                    }
                )
            );
            Assert.True(receiver.AllClosed);
        }
    }

    static async Task ReceiveAsync(Receiver receiver, GrpcMethod client)
    {
        await using var peer = await InProcessPeer.StartAsync((Method, client));
        await using var channel = new GrpcChannel(peer.Near);
        await using var streams = await channel.OpenAsync(Method, [], default);
        using var reception = new DirectoryReception(streams, receiver, null);
        await reception.RunAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
    }

    static Packet Stat(string path, uint mode) =>
        new()
        {
            Type = PacketType.PacketStat,
            Stat = new Stat { Path = ByteString.CopyFromUtf8(path), Mode = mode },
        };

    static Packet Data(uint id, string text) =>
        new()
        {
            Type = PacketType.PacketData,
            ID = id,
            Data = ByteString.CopyFromUtf8(text),
        };

    sealed class Receiver : IDirectoryReceiver
    {
        readonly Dictionary<string, Content> _contents = [];

        public List<FileEntry> Entries { get; } = [];
        public bool AllClosed => _contents.Values.All(c => !c.CanWrite);

        public string Text(string path) => System.Text.Encoding.UTF8.GetString(_contents[path].ToArray());

        public bool Offer(FileEntry entry)
        {
            Entries.Add(entry);
            return (entry.Mode & 0xF000) == 0x8000;
        }

        public Stream OpenContent(FileEntry entry) => _contents[entry.Path] = new Content();

        sealed class Content : MemoryStream;
    }
}
