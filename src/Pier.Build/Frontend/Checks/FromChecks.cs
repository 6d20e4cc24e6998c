using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model;
using Pier.Model.Notation;

namespace Pier.Build.Frontend.Checks;

/// <summary>Checks of FROM with its values.</summary>
static class FromChecks
{
    public static void Undeclared(FromInstruction from, IReadOnlyList<string> unset, IEnumerable<string> known, CheckReport report)
    {
        foreach (var name in unset)
            report.Add(CheckCodes.UndefinedArgInFrom, $"FROM argument '{name}' is not declared{Suggestions.For(name, known)}", from);
        if (from.Platform is not { } platform)
            return;
        if (platform is "$TARGETPLATFORM" or "${TARGETPLATFORM}")
            report.Add(
                CheckCodes.RedundantTargetPlatform,
                $"Setting platform to predefined {platform} in FROM is redundant as this is the default behavior",
                from
            );
        else if (!platform.Contains('$'))
            report.Add(
                CheckCodes.FromPlatformFlagConstDisallowed,
                $"FROM --platform flag should not use constant value {GoQuote.Text(platform)}",
                from
            );
    }

    /// <summary>A file should be one that can be built without arguments.</summary>
    public static void Default(FromInstruction from, string? image, CheckReport report)
    {
        if ((image is null || !ImageReference.TryParse(image, out _)) && from.Image.Contains('$'))
            report.Add(
                CheckCodes.InvalidDefaultArgInFrom,
                $"Default value for ARG {from.Image} results in empty or invalid base image name",
                from
            );
    }

    public static void Platform(StageState stage, ImageConfig image, CheckReport report)
    {
        if (!image.Platform.Satisfies(stage.Platform))
            report.Add(
                CheckCodes.InvalidBaseImagePlatform,
                $"Base image {stage.BaseName} was pulled with platform {GoQuote.Text(image.Platform.ToString())}, expected {GoQuote.Text(stage.Platform.ToString())} for current build",
                stage.Stage.From
            );
    }
}
