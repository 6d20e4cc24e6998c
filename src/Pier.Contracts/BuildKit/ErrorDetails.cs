using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Pier.Contracts.BuildKit.Errors;

namespace Pier.Contracts.BuildKit;

/// <summary>What BuildKit's errors carry beside their text, in a status's details: JSON under names of its own.</summary>
public static class ErrorDetails
{
    const string VertexType = "github.com/moby/buildkit/errdefs.Vertex+json",
        SourceType = "github.com/moby/buildkit/errdefs.Source+json";

    /// <summary>The step that failed.</summary>
    public static Any Of(VertexDetail vertex) =>
        Pack(VertexType, JsonSerializer.SerializeToUtf8Bytes(vertex, ErrorDetailsJson.Default.VertexDetail));

    /// <summary>The lines of a file that are meant.</summary>
    public static Any Of(SourceDetail source) =>
        Pack(SourceType, JsonSerializer.SerializeToUtf8Bytes(source, ErrorDetailsJson.Default.SourceDetail));

    /// <summary>The files that an error points to; what cannot be read is left out.</summary>
    public static IReadOnlyList<SourceDetail> Sources(Status? status)
    {
        var sources = new List<SourceDetail>();
        foreach (var detail in status?.Details.Where(d => d.TypeUrl == SourceType) ?? [])
        {
            try
            {
                if (JsonSerializer.Deserialize(detail.Value.Span, ErrorDetailsJson.Default.SourceDetail) is { Info: not null } source)
                    sources.Add(source);
            }
            catch (JsonException)
            {
                // The message says what is wrong; where can be looked for.
            }
        }
        return sources;
    }

    static Any Pack(string type, byte[] json) => new() { TypeUrl = type, Value = ByteString.CopyFrom(json) };
}

/// <summary>A step by its digest.</summary>
public sealed record VertexDetail
{
    [JsonPropertyName("digest")]
    public required string Digest { get; init; }
}

/// <summary>Lines of a file.</summary>
public sealed record SourceDetail
{
    [JsonPropertyName("info")]
    public SourceDetailInfo? Info { get; init; }

    [JsonPropertyName("ranges")]
    public SourceDetailRange[]? Ranges { get; init; }
}

/// <summary>A file with its bytes.</summary>
public sealed record SourceDetailInfo
{
    [JsonPropertyName("filename")]
    public string FileName { get; init; } = "";

    [JsonPropertyName("data")]
    public byte[] Data { get; init; } = [];

    [JsonPropertyName("language")]
    public string Language { get; init; } = "";
}

/// <summary>Lines from 1, both ends included.</summary>
public sealed record SourceDetailRange
{
    [JsonPropertyName("start")]
    public SourceDetailPosition Start { get; init; } = new();

    [JsonPropertyName("end")]
    public SourceDetailPosition End { get; init; } = new();
}

/// <summary>A line from 1, a character from 0.</summary>
public sealed record SourceDetailPosition
{
    [JsonPropertyName("line")]
    public int Line { get; init; }

    [JsonPropertyName("character")]
    public int Character { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(VertexDetail))]
[JsonSerializable(typeof(SourceDetail))]
sealed partial class ErrorDetailsJson : JsonSerializerContext;
