using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pier.CompatTests;

/// <summary>
/// Bodies as they come over the wire: in pieces of all sizes, one after the other, broken off; the files are what was sent.
/// </summary>
public sealed class TransportTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    const int Length = 6_000_001;

    static readonly byte[] Content = RandomNumberGenerator.GetBytes(Length);
    static readonly byte[] Archive = Write();

    static byte[] Write()
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream(Content) });
        return bytes.ToArray();
    }

    async Task<string> Container()
    {
        var run = await new Client("pier", daemon).RunAsync("run", "-d", "--network", "none", "busybox", "sleep", "1000");
        Assert.True(run.Code == 0, run.Error);
        return run.Out.Trim();
    }

    static string Head(string id, string headers) => $"PUT /v1.41/containers/{id}/archive?path=/tmp HTTP/1.1\r\nHost: x\r\n{headers}\r\n";

    async Task HasFile(string id)
    {
        var sum = await new Client("pier", daemon).RunAsync("exec", id, "busybox", "sha256sum", "/tmp/file");
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(Content)), sum.Out);
    }

    static byte[] Chunk(ReadOnlySpan<byte> bytes) =>
        [.. Encoding.ASCII.GetBytes(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"), .. bytes, .. "\r\n"u8];

    [Theory]
    [InlineData(1_000)]
    [InlineData(32_768)]
    [InlineData(1_000_003)]
    [InlineData(7_000_000)]
    public async Task Chunks_of_all_sizes_arrive_and_the_connection_goes_on(int size)
    {
        var id = await Container();
        using var connection = await RawConnection.OpenAsync(daemon.Socket);
        for (var round = 0; round < 3; round++)
        {
            await connection.SendAsync(Head(id, "Transfer-Encoding: chunked\r\n"));
            for (var at = 0; at < Archive.Length; at += size)
                await connection.SendAsync(Chunk(Archive.AsSpan(at, Math.Min(size, Archive.Length - at))));
            await connection.SendAsync("0\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await connection.ReadUntilAsync("\r\n\r\n"));
            await HasFile(id);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_waits_for_the_word_to_go_on_gets_it(bool chunked)
    {
        var id = await Container();
        using var connection = await RawConnection.OpenAsync(daemon.Socket);
        var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Archive.Length}";
        await connection.SendAsync(Head(id, $"{framing}\r\nExpect: 100-continue\r\n"));
        Assert.StartsWith("HTTP/1.1 100", await connection.ReadUntilAsync("\r\n\r\n"));
        await connection.SendAsync(chunked ? [.. Chunk(Archive), .. "0\r\n\r\n"u8] : Archive);
        Assert.StartsWith("HTTP/1.1 200", await connection.ReadUntilAsync("\r\n\r\n"));
        await HasFile(id);
    }

    [Fact]
    public async Task Requests_one_after_the_other_without_waiting_are_answered_in_order()
    {
        var id = await Container();
        using var connection = await RawConnection.OpenAsync(daemon.Socket);
        byte[] first = [.. Encoding.ASCII.GetBytes(Head(id, "Transfer-Encoding: chunked\r\n")), .. Chunk(Archive), .. "0\r\n\r\n"u8];
        byte[] second = [.. Encoding.ASCII.GetBytes(Head(id, $"Content-Length: {Archive.Length}\r\n")), .. Archive];
        await connection.SendAsync((byte[])[.. first, .. second, .. "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n"u8]);
        var answers = await connection.ReadUntilAsync("\r\n\r\nOK");
        Assert.Equal(4, answers.Split("HTTP/1.1 200 OK").Length);
        await HasFile(id);
    }

    [Fact]
    public async Task A_slow_sender_is_waited_for()
    {
        var id = await Container();
        using var connection = await RawConnection.OpenAsync(daemon.Socket);
        await connection.SendAsync(Head(id, "Transfer-Encoding: chunked\r\n"));
        var bytes = (byte[])[.. Chunk(Archive), .. "0\r\n\r\n"u8];
        // Three pauses: at the start, in the middle, before the last byte; and a piece of every size in between.
        for (int at = 0, size = 1; at < bytes.Length; size *= 3)
        {
            var length = Math.Min(size, bytes.Length - at);
            await connection.SendAsync(bytes.AsMemory(at, length));
            at += length;
            await Task.Delay(at == bytes.Length - 1 ? 1500 : 120);
        }
        Assert.StartsWith("HTTP/1.1 200", await connection.ReadUntilAsync("\r\n\r\n"));
        await HasFile(id);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n", "4000000\r\n")]
    [InlineData("Content-Length: 6010000\r\n", "")]
    public async Task A_body_that_breaks_off_leaves_nothing_behind(string framing, string before)
    {
        var id = await Container();
        var held = daemon.Descriptors;
        for (var i = 0; i < 20; i++)
        {
            using var connection = await RawConnection.OpenAsync(daemon.Socket);
            await connection.SendAsync(Head(id, framing) + before);
            await connection.SendAsync(Archive.AsMemory(0, 1000 + i * 200_000));
        }
        for (var i = 0; i < 200 && daemon.Descriptors > held; i++)
            await Task.Delay(50);
        Assert.True(daemon.Descriptors <= held, $"{daemon.Descriptors} descriptors, {held} before; {daemon.Log}");
        using var after = await RawConnection.OpenAsync(daemon.Socket);
        await after.SendAsync(Head(id, $"Content-Length: {Archive.Length}\r\n"));
        await after.SendAsync(Archive);
        Assert.StartsWith("HTTP/1.1 200", await after.ReadUntilAsync("\r\n\r\n"));
        await HasFile(id);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n", "zz\r\nnonsense\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "8\r\nno tar..\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n")]
    [InlineData("Content-Length: 8\r\n", "no tar..")]
    public async Task A_broken_body_is_the_clients_mistake(string framing, string body)
    {
        var id = await Container();
        using var connection = await RawConnection.OpenAsync(daemon.Socket);
        await connection.SendAsync(Head(id, framing) + body);
        Assert.StartsWith("HTTP/1.1 4", await connection.ReadUntilAsync("\r\n\r\n"));
    }

    [Fact]
    public async Task Many_bodies_at_once_are_kept_apart()
    {
        var containers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Container()));
        await Task.WhenAll(
            containers.Select(async id =>
            {
                using var connection = await RawConnection.OpenAsync(daemon.Socket);
                for (var round = 0; round < 3; round++)
                {
                    await connection.SendAsync(Head(id, "Transfer-Encoding: chunked\r\n"));
                    await connection.SendAsync((byte[])[.. Chunk(Archive), .. "0\r\n\r\n"u8]);
                    Assert.StartsWith("HTTP/1.1 200", await connection.ReadUntilAsync("\r\n\r\n"));
                }
            })
        );
        foreach (var id in containers)
            await HasFile(id);
    }
}
