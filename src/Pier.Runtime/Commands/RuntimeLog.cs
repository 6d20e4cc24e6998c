using System.Text;
using System.Text.Json;

namespace Pier.Runtime.Commands;

/// <summary>The --log file in the form that containerd and podman read their error texts from.</summary>
static class RuntimeLog
{
    public static int Fatal(RuntimeOptions? options, string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        if (options?.Log is { Length: > 0 } path)
        {
            try
            {
                File.AppendAllText(
                    path,
                    options.LogJson ? Json(message) : $"time=\"{Now()}\" level=error msg={JsonEncodedText.Encode(message)}\n"
                );
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"cannot write {path}: {e.Message}");
            }
        }
        return exitCode;
    }

    static string Json(string message)
    {
        using var text = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                text,
                new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            json.WriteString("level", "error");
            json.WriteString("msg", message);
            json.WriteString("time", Now());
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    static string Now() => DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
