using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pier.Engine.Logs.Drivers;
using Pier.Model;

namespace Pier.Engine.Logs.Shipping;

/// <summary>Graylog's GELF 1.1: compressed and, where too long, chunked datagrams, or null-terminated JSON over TCP.</summary>
sealed class GelfReceiver(LogSource source, GelfOptions options) : ILogReceiver
{
    const int ChunkData = 1420 - ChunkHead,
        ChunkHead = 12,
        MaxChunks = 128;

    readonly LogLink _link = new(options.Address, options.Datagrams);
    readonly string _host = Environment.MachineName,
        _tag = source.Tag;

    public LogRetry Retry => options.Retry;

    public async Task SendAsync(IReadOnlyList<LogMessage> messages, CancellationToken ct)
    {
        foreach (var message in messages)
        {
            if (message.Text.Length == 0)
                continue; // GELF wants a short_message
            if (options.Datagrams)
            {
                foreach (var datagram in Datagrams(message))
                    await _link.SendAsync(datagram, ct).ConfigureAwait(false);
            }
            else
            {
                await _link.SendAsync((byte[])[.. Json(message), 0], ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// The message as datagrams: one, or chunks of 0x1e 0x0f, id, number, count. More than 128 chunks cannot be said: such a message is
    /// left out.
    /// </summary>
    internal IReadOnlyList<byte[]> Datagrams(LogMessage message)
    {
        var bytes = Compress(Json(message));
        if (bytes.Length <= ChunkData + ChunkHead)
            return [bytes];
        var chunks = bytes.Chunk(ChunkData).ToArray();
        if (chunks.Length > MaxChunks)
            return [];
        byte[] head = [0x1e, 0x0f, .. RandomNumberGenerator.GetBytes(8)];
        return [.. chunks.Select((chunk, i) => (byte[])[.. head, (byte)i, (byte)chunks.Length, .. chunk])];
    }

    byte[] Compress(byte[] json)
    {
        if (options.Compression == GelfCompression.None)
            return json;
        using var bytes = new MemoryStream();
        using (
            Stream stream =
                options.Compression == GelfCompression.Gzip
                    ? new GZipStream(bytes, options.Level, leaveOpen: true)
                    : new ZLibStream(bytes, options.Level, leaveOpen: true)
        )
            stream.Write(json);
        return bytes.ToArray();
    }

    byte[] Json(LogMessage message)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.1");
            json.WriteString("host", _host);
            json.WriteString("short_message", Encoding.UTF8.GetString(message.Text));
            json.WritePropertyName("timestamp");
            json.WriteRawValue((message.TimeNanoseconds / 1_000_000 / 1000m).ToString("0.000", CultureInfo.InvariantCulture));
            json.WriteNumber("level", message.IsError ? 3 : 6);
            json.WriteString("_container_id", source.Id);
            json.WriteString("_container_name", source.Name);
            json.WriteString("_image_id", source.ImageId);
            json.WriteString("_image_name", source.ImageName);
            json.WriteString("_command", source.Command);
            json.WriteString("_tag", _tag);
            json.WriteString(
                "_created",
                source.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
            );
            foreach (var (key, value) in source.Attributes)
                json.WriteString("_" + key, value);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}
