using Pier.Contracts.Grpc;
using Pier.Model.Notation;

namespace Pier.Api.BuildKit.Solving;

/// <summary>What becomes of a result.</summary>
enum ExportKind
{
    Image,
    Archive,
    Tar,
    Directory,
    Nothing,
}

/// <summary>One exporter of a solve, understood.</summary>
/// <param name="Id">Which of the client's outputs; "" where there is one alone.</param>
/// <param name="Names">The image's names.</param>
/// <param name="IsDocker">An archive for readers that know one platform alone.</param>
sealed record ExportPlan(ExportKind Kind, string Id, IReadOnlyList<string> Names, bool Push, bool IsDocker = false)
{
    public static ExportPlan Of(ExporterChoice exporter)
    {
        var names = exporter.Options.GetValueOrDefault("name") is { Length: > 0 } text
            ? text.Split(',', StringSplitOptions.RemoveEmptyEntries)
            : [];
        var push = Flag(exporter, "push");
        if (push && names.Length == 0)
            throw new GrpcException(GrpcCode.InvalidArgument, "tag is needed when pushing to registry");
        return exporter.Type switch
        {
            "moby" or "image" => new ExportPlan(ExportKind.Image, exporter.Id, names, push),
            "docker" or "oci" => new ExportPlan(ExportKind.Archive, exporter.Id, names, false, exporter.Type == "docker"),
            "tar" => new ExportPlan(ExportKind.Tar, exporter.Id, [], false),
            "local" => new ExportPlan(ExportKind.Directory, exporter.Id, [], false),
            "cacheonly" => new ExportPlan(ExportKind.Nothing, exporter.Id, [], false),
            var other => throw new GrpcException(GrpcCode.NotFound, $"exporter \"{other}\" could not be found"),
        };
    }

    // As Go reads a boolean; a flag without a value is set.
    static bool Flag(ExporterChoice exporter, string name) =>
        exporter.Options.TryGetValue(name, out var text) && (text.Length == 0 || GoBool.Parse(text) == true);
}
