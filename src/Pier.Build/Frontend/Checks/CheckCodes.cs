namespace Pier.Build.Frontend.Checks;

/// <summary>The names of the checks, as BuildKit's documentation and "# check=skip=..." have them.</summary>
static class CheckCodes
{
    public const string StageNameCasing = nameof(StageNameCasing), FromAsCasing = nameof(FromAsCasing), NoEmptyContinuation = nameof(NoEmptyContinuation),
        ConsistentInstructionCasing = nameof(ConsistentInstructionCasing), DuplicateStageName = nameof(DuplicateStageName), ReservedStageName = nameof(ReservedStageName),
        JSONArgsRecommended = nameof(JSONArgsRecommended), MaintainerDeprecated = nameof(MaintainerDeprecated), UndefinedArgInFrom = nameof(UndefinedArgInFrom),
        WorkdirRelativePath = nameof(WorkdirRelativePath), UndefinedVar = nameof(UndefinedVar), MultipleInstructionsDisallowed = nameof(MultipleInstructionsDisallowed),
        LegacyKeyValueFormat = nameof(LegacyKeyValueFormat), RedundantTargetPlatform = nameof(RedundantTargetPlatform), SecretsUsedInArgOrEnv = nameof(SecretsUsedInArgOrEnv),
        InvalidDefaultArgInFrom = nameof(InvalidDefaultArgInFrom), FromPlatformFlagConstDisallowed = nameof(FromPlatformFlagConstDisallowed),
        InvalidBaseImagePlatform = nameof(InvalidBaseImagePlatform), CopyIgnoredFile = nameof(CopyIgnoredFile), ExposeProtoCasing = nameof(ExposeProtoCasing);

    /// <summary>Not a check of the file: arguments that the user gave in vain.</summary>
    public const string UnconsumedArguments = nameof(UnconsumedArguments);

    /// <summary>Checks that are off unless they are asked for.</summary>
    public static IReadOnlyList<string> Experimental { get; } = [CopyIgnoredFile];
}
