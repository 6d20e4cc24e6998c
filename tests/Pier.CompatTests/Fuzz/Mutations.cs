using System.Text;
using System.Text.Json.Nodes;
using Pier.CompatTests.Schema;

namespace Pier.CompatTests.Fuzz;

/// <summary>Values that no honest client sends, chosen by one seeded source so that a run can be repeated.</summary>
sealed class Mutations(ApiSchema schema, Random random)
{
    /// <summary>A container and an exec that are there.</summary>
    public string Container { get; set; } = "";
    public string Exec { get; set; } = "";

    static readonly string[] Words =
    [
        "",
        " ",
        "nosuch",
        "../../etc/passwd",
        "..",
        ".",
        "%2e%2e",
        "a/b/c",
        "\0",
        "a\0b",
        "\u202eabc",
        "😀",
        "-1",
        "0",
        "1",
        "true",
        "null",
        "{}",
        "[]",
        "*",
        "$(id)",
        "'",
        "\"",
        "\\",
        "99999999999999999999999999",
        "1e309",
        "0x10",
        "NaN",
        "busybox",
        "busybox:latest",
        "sha256:" + "0123456789abcdef",
        "con:tainer",
        "container:",
        "container:nosuch",
        "host",
        "none",
        "bridge",
        "/",
        "//",
        "/proc/self/root",
        "/tmp",
        "\r\nX: y",
        "a=b",
        "=",
        ":",
        "a:b:c:d:e",
        "KILL",
        "SIGNOSUCH",
        "65",
        "-9",
        "2006-01-02T15:04:05Z",
    ];

    static readonly string[] Filters =
    [
        "{",
        "[]",
        "null",
        "\"x\"",
        "{\"status\":\"running\"}",
        "{\"status\":[1]}",
        "{\"status\":{\"running\":1}}",
        "{\"nosuch\":[\"x\"]}",
        "{\"label\":[\"\"]}",
        "{\"before\":[\"nosuch\"]}",
        "{\"since\":[\"\"]}",
        "{\"id\":[\"(\"]}",
        "{\"name\":[\"[\"]}",
        "{\"name\":[\"(a+)+$\"]}",
        "{\"until\":[\"x\"]}",
        "{\"exited\":[\"x\"]}",
        "{\"dangling\":[\"x\"]}",
        "{\"publish\":[\"x/y\"]}",
        "{\"health\":[\"x\"]}",
        "{\"expose\":[\"99999\"]}",
        "{\"volume\":[\"\"]}",
        "{\"ancestor\":[\"\\u0000\"]}",
        "{\"status\":[\"running\"],\"status\":[\"exited\"]}",
    ];

    public string Word() => random.Next(12) == 0 ? new string('a', random.Next(1, 5000)) : Words[random.Next(Words.Length)];

    /// <summary>A path's part: escaped, and now and then not as it should be.</summary>
    string Segment(string honest) =>
        random.Next(3) switch
        {
            0 => honest,
            _ => random.Next(20) == 0 ? "%" + Word()
            : Uri.EscapeDataString(Word()) is { Length: > 0 } word ? word
            : "x",
        };

    public string Path(Operation operation)
    {
        var version = random.Next(10) switch
        {
            0 => "/v1.24",
            1 => "/v1.41",
            2 => "/v99999999999.1",
            3 => "/v1.",
            _ => "",
        };
        var honest =
            operation.Path.StartsWith("/exec", StringComparison.Ordinal) ? Exec
            : operation.Path.StartsWith("/images", StringComparison.Ordinal) ? "busybox"
            : Container;
        var path = operation
            .Path.Replace("{id}", Segment(honest), StringComparison.Ordinal)
            .Replace("{name}", Segment(honest), StringComparison.Ordinal);
        var query = operation
            .Parameters.Where(p => p["in"]?.GetValue<string>() == "query" && random.Next(2) == 0)
            .Select(p => p["name"]!.GetValue<string>())
            .Select(n =>
                $"{n}={Uri.EscapeDataString(n == "filters" && random.Next(4) > 0 ? Filters[random.Next(Filters.Length)] : Word())}"
            )
            .ToList();
        if (random.Next(10) == 0)
            query.Add("&&=&%zz=%");
        return version + path + (query.Count > 0 ? "?" + string.Join('&', query) : "");
    }

    /// <summary>A body by the schema with some of its values turned wrong, or no JSON at all.</summary>
    public string? Body(Operation operation)
    {
        if (operation.Parameters.FirstOrDefault(p => p["in"]?.GetValue<string>() == "body")?["schema"] is not JsonObject wanted)
            return random.Next(4) == 0 ? Broken() : null;
        if (random.Next(6) == 0)
            return Broken();
        var body = Value(wanted, 0);
        if (operation.Path == "/containers/create" && body is JsonObject create && random.Next(4) > 0)
            create["Image"] = "busybox";
        return body?.ToJsonString() ?? "null";
    }

    string Broken() =>
        random.Next(10) switch
        {
            0 => "{",
            1 => "nonsense",
            2 => new string('[', 100_000),
            3 => string.Concat(Enumerable.Repeat("{\"a\":", 50_000)),
            4 => "{\"Image\":\"busybox\"}{\"Image\":\"busybox\"}",
            5 => "\"" + new string('a', 1_000_000) + "\"",
            6 => "{\"Image\":\"\\ud800\"}",
            7 => "{\"Memory\":1e999}",
            8 => "[1,2,3]",
            _ => "\u0000\u0001",
        };

    JsonNode? Value(JsonObject wanted, int depth)
    {
        // One in eight is of another type than the schema says.
        if (random.Next(8) == 0)
            return Stray();
        wanted = schema.Resolve(wanted);
        switch (wanted["type"]?.GetValue<string>())
        {
            case "string":
                return wanted["enum"] is JsonArray choices && random.Next(2) == 0
                    ? choices[random.Next(choices.Count)]?.DeepClone()
                    : Word();
            case "integer" or "number":
                return Number();
            case "boolean":
                return random.Next(2) == 0;
            case "array":
                return new JsonArray([
                    .. Enumerable
                        .Range(0, random.Next(3))
                        .Select(_ => wanted["items"] is JsonObject each ? Value(each, depth + 1) : Stray()),
                ]);
            default:
                var result = new JsonObject();
                foreach (var (name, field) in schema.Fields(wanted))
                    if (depth < 5 && random.Next(depth == 0 ? 3 : 2) == 0)
                        result[name] = Value(field, depth + 1);
                if (wanted["additionalProperties"] is JsonObject more && random.Next(2) == 0)
                    result[Word()] = Value(more, depth + 1);
                return result;
        }
    }

    JsonNode Number() =>
        random.Next(9) switch
        {
            0 => 0,
            1 => -1,
            2 => long.MaxValue,
            3 => long.MinValue,
            4 => 1.5,
            5 => JsonNode.Parse("99999999999999999999999")!,
            6 => 6 << 20,
            _ => random.Next(100_000),
        };

    JsonNode? Stray() =>
        random.Next(7) switch
        {
            0 => null,
            1 => Word(),
            2 => Number(),
            3 => true,
            4 => new JsonArray(Word(), Number(), null),
            5 => new JsonObject { [Word()] = Word() },
            _ => new JsonArray(new JsonObject { ["x"] = new JsonArray() }),
        };

    /// <summary>Bytes that are no archive, or one that leads out of itself.</summary>
    public byte[] Archive()
    {
        if (random.Next(2) == 0)
        {
            var bytes = new byte[random.Next(4096)];
            random.NextBytes(bytes);
            return bytes;
        }
        var tar = EndpointTour.Tar(((string[])["../../escape", "/etc/passwd", "a/../../b", "name"])[random.Next(4)], "x");
        if (random.Next(2) == 0)
            tar = tar[..random.Next(tar.Length)];
        else
            tar[random.Next(Math.Min(tar.Length, 600))] ^= 0xff;
        return tar;
    }

    public string Text(string text) => Encoding.UTF8.GetByteCount(text) > 200 ? text[..Math.Min(200, text.Length)] + "..." : text;
}
