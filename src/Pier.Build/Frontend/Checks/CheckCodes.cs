namespace Pier.Build.Frontend.Checks;

/// <summary>The names of the checks, as BuildKit's documentation and "# check=skip=..." have them.</summary>
static class CheckCodes
{
    public const string StageNameCasing = nameof(StageNameCasing);
    public const string FromAsCasing = nameof(FromAsCasing);
    public const string NoEmptyContinuation = nameof(NoEmptyContinuation);
    public const string ConsistentInstructionCasing = nameof(ConsistentInstructionCasing);
    public const string DuplicateStageName = nameof(DuplicateStageName);
    public const string ReservedStageName = nameof(ReservedStageName);
    public const string JSONArgsRecommended = nameof(JSONArgsRecommended);
    public const string MaintainerDeprecated = nameof(MaintainerDeprecated);
    public const string UndefinedArgInFrom = nameof(UndefinedArgInFrom);
    public const string WorkdirRelativePath = nameof(WorkdirRelativePath);
    public const string UndefinedVar = nameof(UndefinedVar);
    public const string MultipleInstructionsDisallowed = nameof(MultipleInstructionsDisallowed);
    public const string LegacyKeyValueFormat = nameof(LegacyKeyValueFormat);
    public const string RedundantTargetPlatform = nameof(RedundantTargetPlatform);
    public const string SecretsUsedInArgOrEnv = nameof(SecretsUsedInArgOrEnv);
    public const string InvalidDefaultArgInFrom = nameof(InvalidDefaultArgInFrom);
    public const string FromPlatformFlagConstDisallowed = nameof(FromPlatformFlagConstDisallowed);
    public const string InvalidBaseImagePlatform = nameof(InvalidBaseImagePlatform);
    public const string CopyIgnoredFile = nameof(CopyIgnoredFile);
    public const string ExposeProtoCasing = nameof(ExposeProtoCasing);

    /// <summary>Not a check of the file: arguments that the user gave in vain.</summary>
    public const string UnconsumedArguments = nameof(UnconsumedArguments);

    /// <summary>Checks that are off unless they are asked for.</summary>
    public static IReadOnlyList<string> Experimental { get; } = [CopyIgnoredFile];
}
