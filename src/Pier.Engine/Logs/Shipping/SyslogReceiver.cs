using System.Globalization;
using System.Text;
using Pier.Engine.Logs.Drivers;

namespace Pier.Engine.Logs.Shipping;

/// <summary>
/// syslog: a line a message in the format asked for, stderr as an error, stdout as information (RFC 3164, RFC 5424, RFC 5425 over TLS).
/// </summary>
sealed class SyslogReceiver(LogSource source, SyslogOptions options) : ILogReceiver
{
    const int Error = 3,
        Information = 6;

    readonly LogLink _link = new(options.Address, options.Datagrams, options.Tls());
    readonly string _tag = source.Tag,
        _host = Environment.MachineName;

    public LogRetry Retry => LogRetry.Default;

    public async Task SendAsync(IReadOnlyList<LogMessage> messages, CancellationToken ct)
    {
        if (options.Datagrams || options.Address.IsPath)
        {
            foreach (var message in messages)
                await _link.SendAsync(Line(message), ct).ConfigureAwait(false);
            return;
        }
        using var lines = new MemoryStream();
        foreach (var message in messages)
            lines.Write(Line(message));
        await _link.SendAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), ct).ConfigureAwait(false);
    }

    /// <summary>One message with its newline; counted octets before it where RFC 5425 asks for them.</summary>
    internal byte[] Line(LogMessage message)
    {
        var priority = options.Facility * 8 + (message.IsError ? Error : Information);
        byte[] line = [.. Encoding.UTF8.GetBytes(Head(priority, message.Time)), .. message.Text, (byte)'\n'];
        if (!options.Secure || options.Format is SyslogFormat.Unix or SyslogFormat.Rfc3164)
            return line;
        return [.. Encoding.ASCII.GetBytes(line.Length.ToString(CultureInfo.InvariantCulture) + " "), .. line];
    }

    string Head(int priority, DateTimeOffset time)
    {
        var process = Environment.ProcessId;
        if (options.Format is SyslogFormat.Unix or SyslogFormat.Rfc3164)
        {
            var host = options.Format == SyslogFormat.Rfc3164 ? _host + " " : "";
            return string.Create(CultureInfo.InvariantCulture, $"<{priority}>{Stamp(time)} {host}{_tag}[{process}]: ");
        }
        var stamp = time.UtcDateTime.ToString(
            options.Format == SyslogFormat.Rfc5424 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
            CultureInfo.InvariantCulture
        );
        return string.Create(CultureInfo.InvariantCulture, $"<{priority}>1 {stamp} {_host} {_tag} {process} {_tag} - ");
    }

    // RFC 3164, 4.1.2: local time, the day padded with a space.
    static string Stamp(DateTimeOffset time)
    {
        var local = time.ToLocalTime();
        return string.Create(CultureInfo.InvariantCulture, $"{local:MMM} {local.Day, 2} {local:HH:mm:ss}");
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}
