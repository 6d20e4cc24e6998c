using System.Text;
using System.Text.Json;

namespace Pier.Cli.Transport;

/// <summary>An answer's status, headers and unread body.</summary>
sealed class DaemonAnswer(DaemonConnection connection, int status, Dictionary<string, string> headers, BodyStream body)
{
    public int Status { get; } = status;
    public BodyStream Body { get; } = body;
    public DaemonConnection Connection { get; } = connection;

    public string? Header(string name) => headers.GetValueOrDefault(name);

    /// <summary>Whether the connection can be used again once the body was read.</summary>
    public bool KeepsAlive => !string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase) && Status != 101;

    public byte[] ReadAll()
    {
        using var whole = new MemoryStream();
        Body.CopyTo(whole);
        return whole.ToArray();
    }

    /// <summary>Throws the daemon's error unless the status is a success (or 304, which is none either).</summary>
    public void EnsureSuccess()
    {
        if (Status is >= 100 and < 400)
            return;
        throw new DaemonError(Status, ErrorMessage(ReadAll()));
    }

    string ErrorMessage(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("message", out var message))
                return message.GetString() ?? "";
        }
        catch (JsonException)
        {
            // Old daemons and proxies answer in plain text.
        }
        var text = Encoding.UTF8.GetString(body).Trim();
        return text.Length > 0 ? text : $"request returned HTTP status {Status}";
    }
}
