using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Contracts.BuildKit;

/// <summary>Answers to questions about a Dockerfile (BuildKit's subrequests): "result.json" of a solve.</summary>
public static class ReviewDocuments
{
    public static byte[] Json(CheckDocument check) => JsonSerializer.SerializeToUtf8Bytes(check, ReviewJson.Default.CheckDocument);

    public static byte[] Json(OutlineDocument outline) => JsonSerializer.SerializeToUtf8Bytes(outline, ReviewJson.Default.OutlineDocument);

    public static byte[] Json(TargetsDocument targets) => JsonSerializer.SerializeToUtf8Bytes(targets, ReviewJson.Default.TargetsDocument);

    public static byte[] Json(QuestionDocument[] questions) =>
        JsonSerializer.SerializeToUtf8Bytes(questions, ReviewJson.Default.QuestionDocumentArray);
}

/// <summary>"frontend.lint".</summary>
public sealed record CheckDocument
{
    public required CheckWarning[] Warnings { get; init; }
    public required SourceDetailInfo[] Sources { get; init; }
    public CheckError? BuildError { get; init; }
}

public sealed record CheckWarning
{
    public required string RuleName { get; init; }
    public string? Description { get; init; }
    public string? Url { get; init; }
    public string? Detail { get; init; }
    public ReviewPlace? Location { get; init; }
}

public sealed record CheckError
{
    public required string Message { get; init; }
    public ReviewPlace? Location { get; init; }
}

/// <summary>Lines of a source; the first source unless the index says another.</summary>
public sealed record ReviewPlace
{
    public required SourceDetailRange[] Ranges { get; init; }

    public static ReviewPlace Of(int first, int last) =>
        new()
        {
            Ranges =
            [
                new SourceDetailRange
                {
                    Start = new() { Line = first },
                    End = new() { Line = last },
                },
            ],
        };
}

/// <summary>"frontend.outline".</summary>
public sealed record OutlineDocument
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public OutlineEntry[]? Args { get; init; }
    public OutlineEntry[]? Secrets { get; init; }
    public OutlineEntry[]? Ssh { get; init; }
    public required byte[][] Sources { get; init; }
}

public sealed record OutlineEntry
{
    public required string Name { get; init; }
    public string? Description { get; init; }
    public string? Value { get; init; }
    public bool Required { get; init; }
    public ReviewPlace? Location { get; init; }
}

/// <summary>"frontend.targets".</summary>
public sealed record TargetsDocument
{
    public required TargetEntry[] Targets { get; init; }
    public required byte[][] Sources { get; init; }
}

public sealed record TargetEntry
{
    public string? Name { get; init; }
    public bool Default { get; init; }
    public string? Description { get; init; }
    public string? Base { get; init; }
    public ReviewPlace? Location { get; init; }
}

/// <summary>"frontend.subrequests.describe": an array of what can be asked.</summary>
public sealed record QuestionDocument
{
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required string Type { get; init; }
    public required string Description { get; init; }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(OutlineDocument))]
[JsonSerializable(typeof(TargetsDocument))]
[JsonSerializable(typeof(QuestionDocument[]))]
sealed partial class ReviewJson : JsonSerializerContext;
