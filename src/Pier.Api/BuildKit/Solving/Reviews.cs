using System.Globalization;
using System.Text;
using Pier.Contracts.BuildKit;
using Pier.Contracts.Grpc;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Solving;

/// <summary>
/// Questions about a Dockerfile instead of a build (buildx's --check and --call), which BuildKit calls subrequests: "requestid" among a
/// solve's options, the answer in its result's metadata.
/// </summary>
static class Reviews
{
    const string Version = "1.0.0",
        Describe = "frontend.subrequests.describe";

    static readonly (string Id, BuildQuestion Question, string Description)[] Questions =
    [
        ("frontend.outline", BuildQuestion.Outline, "List all parameters current build target supports"),
        ("frontend.targets", BuildQuestion.Targets, "List all targets current build supports"),
        ("frontend.lint", BuildQuestion.Check, "Lint a Dockerfile"),
    ];

    /// <summary>What is asked; null for a build.</summary>
    public static BuildQuestion? Read(IDictionary<string, string> attributes)
    {
        if (!attributes.TryGetValue("requestid", out var id))
            return null;
        foreach (var known in Questions)
            if (known.Id == id)
                return known.Question;
        throw new GrpcException(GrpcCode.Unimplemented, $"subrequest {id} is not supported");
    }

    /// <summary>What can be asked, where that is what is asked for; null otherwise.</summary>
    public static IReadOnlyDictionary<string, byte[]>? Described(IDictionary<string, string> attributes) =>
        attributes.TryGetValue("requestid", out var id) && id == Describe
            ? Metadata(
                ReviewDocuments.Json([
                    .. Questions
                        .Select(q => (q.Id, q.Description))
                        .Append((Describe, "List available subrequest types"))
                        .Select(q => new QuestionDocument
                        {
                            Name = q.Item1,
                            Version = Version,
                            Type = "rpc",
                            Description = q.Item2,
                        }),
                ])
            )
            : null;

    public static IReadOnlyDictionary<string, byte[]> Answer(BuildReview review, BuildQuestion question)
    {
        byte[][] sources = [review.Text.ToArray()];
        return question switch
        {
            BuildQuestion.Targets => Metadata(
                ReviewDocuments.Json(new TargetsDocument { Targets = [.. review.Targets.Select(Of)], Sources = sources })
            ),
            BuildQuestion.Outline => Metadata(ReviewDocuments.Json(Of(review.Outline!, sources))),
            _ => Check(review),
        };
    }

    static Dictionary<string, byte[]> Check(BuildReview review)
    {
        var document = new CheckDocument
        {
            Warnings =
            [
                .. review.Warnings.Select(w => new CheckWarning
                {
                    RuleName = w.Code,
                    Description = w.Description,
                    Url = w.Address,
                    Detail = w.Message,
                    Location = w.Line > 0 ? ReviewPlace.Of(w.Line, w.Line) : null,
                }),
            ],
            Sources =
            [
                new SourceDetailInfo
                {
                    FileName = review.FileName,
                    Data = review.Text.ToArray(),
                    Language = "Dockerfile",
                },
            ],
            BuildError = review.Error is { } error
                ? new CheckError
                {
                    Message = error,
                    Location = review.ErrorPlace is { } place ? ReviewPlace.Of(place.FirstLine, place.LastLine) : null,
                }
                : null,
        };
        var status = document.Warnings.Length > 0 || document.BuildError is not null ? 1 : 0;
        var metadata = Metadata(ReviewDocuments.Json(document));
        // For clients that know no checks of this kind.
        metadata["result.txt"] = Encoding.UTF8.GetBytes(Text(review));
        metadata["result.statuscode"] = Encoding.ASCII.GetBytes(status.ToString(CultureInfo.InvariantCulture));
        return metadata;
    }

    static string Text(BuildReview review)
    {
        var (text, lines) = (new StringBuilder(), Encoding.UTF8.GetString(review.Text.Span).Split('\n'));
        foreach (var warning in review.Warnings)
            text.Append($"WARNING: {warning.Code}{(warning.Address.Length > 0 ? " - " + warning.Address : "")}\n{warning.Message}\n")
                .Append(warning.Line > 0 ? SourceExcerpt.Of(review.FileName, lines, warning.Line, warning.Line) : "")
                .Append('\n');
        if (review.Error is { } error)
            text.Append("ERROR: ").Append(error).Append('\n');
        return text.ToString();
    }

    static OutlineDocument Of(BuildOutline outline, byte[][] sources) =>
        new()
        {
            Name = Given(outline.Target),
            Description = Given(outline.Description),
            Args = Entries(
                outline.Arguments.Select(a => new OutlineEntry
                {
                    Name = a.Name,
                    Description = Given(a.Description),
                    Value = a.Value,
                    Location = ReviewPlace.Of(a.Line, a.LastLine),
                })
            ),
            Secrets = Entries(outline.Secrets.Select(Of)),
            Ssh = Entries(outline.Agents.Select(Of)),
            Sources = sources,
        };

    static OutlineEntry Of(OutlineMount mount) =>
        new()
        {
            Name = mount.Name,
            Required = mount.IsRequired,
            Location = ReviewPlace.Of(mount.Line, mount.LastLine),
        };

    static TargetEntry Of(BuildTarget target) =>
        new()
        {
            Name = Given(target.Name),
            Default = target.IsDefault,
            Description = Given(target.Description),
            Base = target.Base,
            Location = ReviewPlace.Of(target.Line, target.LastLine),
        };

    static OutlineEntry[]? Entries(IEnumerable<OutlineEntry> entries) => entries.ToArray() is { Length: > 0 } some ? some : null;

    static string? Given(string text) => text.Length > 0 ? text : null;

    static Dictionary<string, byte[]> Metadata(byte[] json) =>
        new() { ["result.json"] = json, ["version"] = Encoding.ASCII.GetBytes(Version) };
}
