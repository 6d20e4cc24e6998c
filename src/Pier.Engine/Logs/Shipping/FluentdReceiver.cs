using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using Pier.Engine.Logs.Drivers;

namespace Pier.Engine.Logs.Shipping;

/// <summary>fluentd's forward protocol, forward mode: [tag, [[time, record], ...], option], acknowledged when asked for.</summary>
sealed class FluentdReceiver(LogSource source, FluentdOptions options) : ILogReceiver
{
    readonly LogLink _link = new(
        options.Address,
        datagrams: false,
        options.Address.Protocol == "tls" ? new SslClientAuthenticationOptions { TargetHost = options.Address.Host } : null
    );
    readonly string _tag = source.Tag;

    public LogRetry Retry => options.Retry;

    public async Task SendAsync(IReadOnlyList<LogMessage> messages, CancellationToken ct)
    {
        var chunk = options.Acknowledged ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)) : null;
        await _link.SendAsync(Pack(messages, chunk), ct).ConfigureAwait(false);
        if (chunk is not null)
            await AwaitAcknowledgementAsync(chunk, ct).ConfigureAwait(false);
    }

    /// <summary>One message of the protocol; <paramref name="chunk"/> asks for an acknowledgement.</summary>
    internal byte[] Pack(IReadOnlyList<LogMessage> messages, string? chunk)
    {
        var pack = new MsgPackWriter();
        pack.Array(chunk is null ? 2 : 3);
        pack.Text(_tag);
        pack.Array(messages.Count);
        foreach (var message in messages)
        {
            pack.Array(2);
            if (options.SubSecond)
                pack.EventTime(message.TimeNanoseconds);
            else
                pack.Integer(message.TimeNanoseconds / 1_000_000_000);
            Record(pack, message);
        }
        if (chunk is not null)
        {
            pack.Map(1);
            pack.Text("chunk");
            pack.Text(chunk);
        }
        return pack.ToArray();
    }

    void Record(MsgPackWriter pack, LogMessage message)
    {
        pack.Map(4 + source.Attributes.Count + (message.Part is null ? 0 : 4));
        pack.Text("container_id");
        pack.Text(source.Id);
        pack.Text("container_name");
        pack.Text("/" + source.Name);
        pack.Text("source");
        pack.Text(message.IsError ? "stderr" : "stdout");
        pack.Text("log");
        pack.Text(message.Text);
        foreach (var (key, value) in source.Attributes)
        {
            pack.Text(key);
            pack.Text(value);
        }
        if (message.Part is not { } part)
            return;
        pack.Text("partial_message");
        pack.Text("true");
        pack.Text("partial_id");
        pack.Text(part.Id);
        pack.Text("partial_ordinal");
        pack.Text(part.Ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture));
        pack.Text("partial_last");
        pack.Text(part.Last ? "true" : "false");
    }

    /// <summary>The answer is {"ack": chunk}; whatever else comes is a receiver that did not take it.</summary>
    async Task AwaitAcknowledgementAsync(string chunk, CancellationToken ct)
    {
        var expected = Encoding.ASCII.GetBytes(chunk);
        var answer = new byte[256];
        var length = 0;
        while (answer.AsSpan(0, length).IndexOf(expected) < 0)
        {
            var read = length < answer.Length ? await _link.ReadAsync(answer.AsMemory(length), ct).ConfigureAwait(false) : 0;
            if (read == 0)
            {
                await _link.DisposeAsync().ConfigureAwait(false);
                throw new IOException("fluentd: no acknowledgement");
            }
            length += read;
        }
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}
