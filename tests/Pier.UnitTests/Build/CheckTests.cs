namespace Pier.UnitTests.Build;

/// <summary>Warnings, in the words of Docker's build checks.</summary>
public class CheckTests
{
    [Theory]
    [InlineData("FROM b AS One\n", "StageNameCasing: Stage name 'One' should be lowercase")]
    [InlineData("FROM b as one\n", "FromAsCasing: 'as' and 'FROM' keywords' casing do not match")]
    [InlineData("FROM b\nRUN a \\\n\n  b\n", "NoEmptyContinuation: Empty continuation line found in: RUN a   b")]
    [InlineData("FROM b\nrun a\n", "ConsistentInstructionCasing: Command 'run' should match the case of the command majority (uppercase)")]
    [InlineData(
        "from b\nrun a\nUSER x\n",
        "ConsistentInstructionCasing: Command 'USER' should match the case of the command majority (lowercase)"
    )]
    [InlineData("FROM b AS x\nFROM b AS x\n", "DuplicateStageName: Duplicate stage name \"x\", stage names should be unique")]
    [InlineData("FROM b AS scratch\n", "ReservedStageName: Stage name should not use the same name as reserved stage \"scratch\"")]
    [InlineData(
        "FROM b\nCMD a\n",
        "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"
    )]
    [InlineData("FROM b\nMAINTAINER a\n", "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label")]
    [InlineData("ARG TAG=1\nFROM b:${TGA}\n", "UndefinedArgInFrom: FROM argument 'TGA' is not declared (did you mean TAG?)")]
    [InlineData("FROM b\nWORKDIR x\n", "WorkdirRelativePath: Relative workdir \"x\" can have unexpected results if the base image changes")]
    [InlineData("FROM b\nENV name=1\nENV x=$nmae\n", "UndefinedVar: Usage of undefined variable '$nmae' (did you mean $name?)")]
    [InlineData(
        "FROM b\nCMD [\"a\"]\nCMD [\"b\"]\n",
        "MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only the last one will be used"
    )]
    [InlineData("FROM b\nENV a b\n", "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format")]
    [InlineData(
        "FROM --platform=$TARGETPLATFORM b\n",
        "RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"
    )]
    [InlineData(
        "FROM --platform=linux/amd64 b\n",
        "FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\""
    )]
    [InlineData(
        "FROM b\nARG DB_PASSWORD\n",
        "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"DB_PASSWORD\")"
    )]
    [InlineData("FROM b\nEXPOSE 80/TCP\n", "ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase")]
    public void A_likely_mistake_is_told(string text, string expected) =>
        Assert.Contains(expected, Planning.Of(text).Warnings.Select(w => $"{w.Code}: {w.Message}"));

    [Fact]
    public void A_file_that_needs_an_argument_is_told()
    {
        var plan = Planning.Of("ARG TAG\nFROM b:${TAG}\n", i => i with { Arguments = new Dictionary<string, string?> { ["TAG"] = "1" } });
        Assert.Equal("Default value for ARG b:${TAG} results in empty or invalid base image name", Assert.Single(plan.Warnings).Message);
    }

    [Theory]
    [InlineData("FROM b AS one\nENV KEYS=1 MONKEY=2\nSHELL [\"bash\", \"-c\"]\nCMD exec a\nWORKDIR /x\nWORKDIR y\nARG Z\nENV q=$Z${W:-}\n")]
    [InlineData("from b as one\nrun a\n")]
    [InlineData("ARG V=1\nFROM --platform=$BUILDPLATFORM b:$V\n")]
    public void Nothing_is_told_of_a_good_file(string text) => Assert.Empty(Planning.Of(text).Warnings);

    [Theory]
    [InlineData("# check=skip=MaintainerDeprecated\nFROM b\nMAINTAINER a\nCMD a\n", "JSONArgsRecommended")]
    [InlineData("# check=skip=all\nFROM b\nMAINTAINER a\nCMD a\n", "")]
    public void The_file_chooses_its_checks(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Planning.Of(text).Warnings.Select(w => w.Code)));

    [Fact]
    public void Warnings_are_errors_where_the_file_says_so()
    {
        var error = Planning.Fails("# check=error=true\nFROM b\nMAINTAINER a\nCMD a\n");
        Assert.Equal("lint violation found for rules: MaintainerDeprecated, JSONArgsRecommended", error.Message);
        Assert.Equal(3, error.Place!.Line);
    }

    [Fact]
    public void What_the_context_leaves_out_cannot_be_copied()
    {
        var plan = Planning.Of("# check=experimental=all\nFROM b\nCOPY a.o b /x/\n", i => i with { Excludes = ["*.o"] });
        Assert.Equal("Attempting to Copy file \"a.o\" that is excluded by .dockerignore", Assert.Single(plan.Warnings).Message);
    }
}
