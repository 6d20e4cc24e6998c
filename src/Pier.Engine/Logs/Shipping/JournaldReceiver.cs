using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Pier.Engine.Logs.Drivers;
using Pier.Model;

namespace Pier.Engine.Logs.Shipping;

/// <summary>journald by its native protocol (systemd's JOURNAL_NATIVE_PROTOCOL): a datagram of fields a message.</summary>
sealed class JournaldReceiver(LogSource source, string socket) : ILogReceiver
{
    public const string Socket = "/run/systemd/journal/socket";

    readonly LogLink _link = new(new LogAddress("unixgram", "", 0, socket), datagrams: true);
    readonly byte[] _common = Common(source);
    readonly string _epoch = Ids.New();
    long _ordinal;

    public LogRetry Retry => LogRetry.Default;

    public async Task SendAsync(IReadOnlyList<LogMessage> messages, CancellationToken ct)
    {
        foreach (var message in messages)
            await _link.SendAsync(Entry(message), ct).ConfigureAwait(false);
    }

    /// <summary>The fields of one message.</summary>
    internal byte[] Entry(LogMessage message)
    {
        using var entry = new MemoryStream();
        Field(entry, "MESSAGE", message.Text);
        Field(entry, "PRIORITY", message.IsError ? "3" : "6");
        entry.Write(_common);
        Field(
            entry,
            "SYSLOG_TIMESTAMP",
            message.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
        );
        Field(entry, "CONTAINER_LOG_EPOCH", _epoch);
        Field(entry, "CONTAINER_LOG_ORDINAL", (++_ordinal).ToString(CultureInfo.InvariantCulture));
        if (message.Part is { } part)
        {
            if (!part.Last)
                Field(entry, "CONTAINER_PARTIAL_MESSAGE", "true");
            Field(entry, "CONTAINER_PARTIAL_ID", part.Id);
            Field(entry, "CONTAINER_PARTIAL_ORDINAL", part.Ordinal.ToString(CultureInfo.InvariantCulture));
            Field(entry, "CONTAINER_PARTIAL_LAST", part.Last ? "true" : "false");
        }
        return entry.ToArray();
    }

    static byte[] Common(LogSource source)
    {
        using var fields = new MemoryStream();
        Field(fields, "CONTAINER_ID", Ids.Short(source.Id));
        Field(fields, "CONTAINER_ID_FULL", source.Id);
        Field(fields, "CONTAINER_NAME", source.Name);
        Field(fields, "CONTAINER_TAG", source.Tag);
        Field(fields, "IMAGE_NAME", source.ImageName);
        Field(fields, "SYSLOG_IDENTIFIER", source.Tag);
        foreach (var (key, value) in source.Attributes)
        {
            if (Name(key) is { Length: > 0 } name)
                Field(fields, name, value);
        }
        return fields.ToArray();
    }

    // Field names are upper case letters, digits and underscores, and a client's do not begin with an underscore.
    static string Name(string key) =>
        new string([.. key.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')]).TrimStart('_');

    static void Field(MemoryStream entry, string name, string value) => Field(entry, name, Encoding.UTF8.GetBytes(value));

    static void Field(MemoryStream entry, string name, ReadOnlySpan<byte> value)
    {
        entry.Write(Encoding.ASCII.GetBytes(name));
        if (value.Contains((byte)'\n'))
        {
            // A value with newlines is counted: newline, length as 64 bits little endian, value.
            Span<byte> length = stackalloc byte[9];
            length[0] = (byte)'\n';
            BinaryPrimitives.WriteInt64LittleEndian(length[1..], value.Length);
            entry.Write(length);
        }
        else
        {
            entry.WriteByte((byte)'=');
        }
        entry.Write(value);
        entry.WriteByte((byte)'\n');
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}
