using System.Text.Json;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Images;

/// <summary>
/// Reads a progress stream (JSON values one after the other) and prints it: in place on a terminal, line by line elsewhere.
/// </summary>
sealed class ProgressPrinter(TextWriter target, bool terminal)
{
    readonly Dictionary<string, int> _lines = [];

    /// <summary>Takes what a message has for programs, not for people ("aux").</summary>
    public Action<JsonElement>? Extra { get; init; }

    /// <summary>The text that was printed last.</summary>
    public string LastText { get; private set; } = "";

    /// <summary>The last digest that was told, "sha256:HEX", or null.</summary>
    public string? Digest { get; private set; }

    /// <summary>Prints until the end; throws the stream's error.</summary>
    public void Print(DaemonAnswer answer)
    {
        using var reader = new StreamReader(answer.Body);
        while (reader.ReadLine() is { } line)
        {
            if (line.Trim().Length == 0)
                continue;
            using var document = JsonDocument.Parse(line);
            Print(document.RootElement);
        }
        target.Flush();
    }

    void Print(JsonElement message)
    {
        var error = message.At("errorDetail").Text("message");
        if (error.Length == 0)
            error = message.Text("error");
        if (error.Length > 0)
        {
            target.Flush();
            // A build's step: the client ends as the step did.
            throw new CliFailure(
                error,
                message.At("errorDetail") is { } detail && detail.Number("code") is > 0 and < 256 and var code ? (int)code : 1
            );
        }
        if (message.At("aux") is { ValueKind: JsonValueKind.Object } extra)
        {
            Extra?.Invoke(extra);
            return;
        }
        if (message.Text("stream") is { Length: > 0 } stream)
        {
            target.Write(LastText = stream);
            target.Flush();
            return;
        }
        var (id, status, progress) = (message.Text("id"), message.Text("status"), message.Text("progress"));
        Note(status);
        if (progress.Length == 0)
            progress = Bar(message.At("progressDetail"));
        if (!terminal)
        {
            // Bars make no sense in a file.
            if (progress.Length == 0)
                target.WriteLine(id.Length > 0 ? $"{id}: {status}" : status);
            return;
        }
        if (id.Length == 0)
        {
            target.WriteLine(status);
            _lines.Clear();
            return;
        }
        PrintInPlace(id, $"{id}: {status}{(progress.Length > 0 ? " " + progress : "")}");
    }

    // A push ends with "latest: digest: sha256:HEX size: 1234", a pull with "Digest: sha256:HEX".
    void Note(string status)
    {
        var at = status.IndexOf("igest: sha256:", StringComparison.Ordinal);
        if (at >= 0)
            Digest = status[(at + 7)..].Split(' ')[0];
    }

    /// <summary>"[=====>     ]  1.2MB/3.4MB", or nothing where there are no bytes to show.</summary>
    static string Bar(JsonElement? detail)
    {
        const int width = 50;
        if (
            detail is not { ValueKind: JsonValueKind.Object } numbers
            || !numbers.TryGetProperty("current", out var c)
            || !c.TryGetInt64(out var current)
            || current <= 0
        )
            return "";
        if (!numbers.TryGetProperty("total", out var t) || !t.TryGetInt64(out var total) || total < current)
            return HumanSize.Describe(current);
        var done = (int)(current * width / total);
        return $"[{new string('=', done)}{(done < width ? ">" : "")}{new string(' ', Math.Max(0, width - done - 1))}]  {HumanSize.Describe(current)}/{HumanSize.Describe(total)}";
    }

    void PrintInPlace(string id, string text)
    {
        if (!_lines.TryGetValue(id, out var line))
        {
            _lines[id] = _lines.Count;
            target.WriteLine(text);
            target.Flush();
            return;
        }
        var up = _lines.Count - line;
        target.Write($"\x1b[{up}A\x1b[2K\r{text}\r\x1b[{up}B");
        target.Flush();
    }
}
