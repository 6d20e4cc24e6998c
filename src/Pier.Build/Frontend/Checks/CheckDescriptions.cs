using System.Text;

namespace Pier.Build.Frontend.Checks;

/// <summary>What each check is about, and where Docker's documentation explains it.</summary>
static class CheckDescriptions
{
    const string Pages = "https://docs.docker.com/go/dockerfile/rule/";

    /// <summary>One sentence; "" for what is no check of the file.</summary>
    public static string Of(string code) =>
        code switch
        {
            CheckCodes.StageNameCasing => "Stage names should be lowercase",
            CheckCodes.FromAsCasing => "The 'as' keyword should match the case of the 'from' keyword",
            CheckCodes.NoEmptyContinuation => "Empty continuation lines will become errors in a future release",
            CheckCodes.ConsistentInstructionCasing =>
                "All commands within the Dockerfile should use the same casing (either upper or lower)",
            CheckCodes.DuplicateStageName => "Stage names should be unique",
            CheckCodes.ReservedStageName => "Reserved words should not be used as stage names",
            CheckCodes.JSONArgsRecommended =>
                "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
            CheckCodes.MaintainerDeprecated => "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
            CheckCodes.UndefinedArgInFrom => "FROM command must use declared ARGs",
            CheckCodes.WorkdirRelativePath =>
                "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes",
            CheckCodes.UndefinedVar => "Variables should be defined before their use",
            CheckCodes.MultipleInstructionsDisallowed => "Multiple instructions of the same type should not be used in the same stage",
            CheckCodes.LegacyKeyValueFormat => "Legacy key/value format with whitespace separator should not be used",
            CheckCodes.RedundantTargetPlatform =>
                "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
            CheckCodes.SecretsUsedInArgOrEnv => "Sensitive data should not be used in the ARG or ENV commands",
            CheckCodes.InvalidDefaultArgInFrom => "Default value for global ARG results in an empty or invalid base image name",
            CheckCodes.FromPlatformFlagConstDisallowed => "FROM --platform flag should not use a constant value",
            CheckCodes.InvalidBaseImagePlatform => "Base image platform does not match expected target platform",
            CheckCodes.CopyIgnoredFile => "Attempting to Copy file that is excluded by .dockerignore",
            CheckCodes.ExposeProtoCasing => "Protocol in EXPOSE instruction should be lowercase",
            _ => "",
        };

    /// <summary>The page, whose name is the check's in small words; "" for what has none.</summary>
    public static string Address(string code)
    {
        if (Of(code).Length == 0)
            return "";
        var page = new StringBuilder(Pages);
        for (var i = 0; i < code.Length; i++)
        {
            // "JSONArgs" is "json-args".
            var begins = i > 0 && char.IsUpper(code[i]) && (char.IsLower(code[i - 1]) || i + 1 < code.Length && char.IsLower(code[i + 1]));
            page.Append(begins ? "-" : "").Append(char.ToLowerInvariant(code[i]));
        }
        return page.Append('/').ToString();
    }
}
