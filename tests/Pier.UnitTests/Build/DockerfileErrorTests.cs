using Pier.Model.Builds;

namespace Pier.UnitTests.Build;

/// <summary>Docker's words for what is wrong, and the place.</summary>
public class DockerfileErrorTests
{
    [Theory]
    [InlineData("", "the Dockerfile (Dockerfile) cannot be empty")]
    [InlineData("# c\n", "file with no instructions")]
    [InlineData("RUNN x", "dockerfile parse error on line 1: unknown instruction: RUNN (did you mean RUN?)")]
    [InlineData("FROM b\nFOO bar", "dockerfile parse error on line 2: unknown instruction: FOO")]
    [InlineData("FROM b\ncpoy a b", "dockerfile parse error on line 2: unknown instruction: cpoy (did you mean COPY?)")]
    [InlineData("RUN x\n", "no build stage in current context")]
    [InlineData("ARG A", "dockerfile contains no stages to build")]
    [InlineData("ARG A\nRUN x", "no build stage in current context")]
    [InlineData("FROM", "dockerfile parse error on line 1: FROM requires either one or three arguments")]
    [InlineData("FROM a b", "dockerfile parse error on line 1: FROM requires either one or three arguments")]
    [InlineData("FROM a on b", "dockerfile parse error on line 1: FROM requires either one or three arguments")]
    [InlineData(
        "FROM b as 1a\n",
        "dockerfile parse error on line 1: invalid name for build stage: \"1a\", name can't start with a number or contain symbols"
    )]
    [InlineData(
        "FROM b\nCMD [\"a\", 1]",
        "dockerfile parse error on line 2: when using JSON array syntax, arrays must be comprised of strings only"
    )]
    [InlineData(
        "FROM b\nCMD [\"a\", [\"b\"]]",
        "dockerfile parse error on line 2: when using JSON array syntax, arrays must be comprised of strings only"
    )]
    [InlineData("FROM b\nENV a", "dockerfile parse error on line 2: ENV must have two arguments")]
    [InlineData(
        "FROM b\nENV a=b c",
        "dockerfile parse error on line 2: Syntax error - can't find = in \"c\". Must be of the form: name=value"
    )]
    [InlineData("FROM b\nENV =b", "dockerfile parse error on line 2: ENV names can not be blank")]
    [InlineData("FROM b\nENV", "dockerfile parse error on line 2: ENV requires at least one argument")]
    [InlineData(
        "FROM b\nCOPY a",
        "dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined"
    )]
    [InlineData("FROM b\nCOPY --chwn=x a b", "dockerfile parse error on line 2: unknown flag: chwn (did you mean chown?)")]
    [InlineData("FROM b\nCOPY --from a b", "dockerfile parse error on line 2: missing a value on flag: from")]
    [InlineData("FROM b\nCOPY --link=maybe a b", "dockerfile parse error on line 2: expecting boolean value for flag link, not: maybe")]
    [InlineData("FROM b\nCOPY --chown=a --chown=b a b", "dockerfile parse error on line 2: duplicate flag specified: chown")]
    [InlineData("FROM b\nADD --from=x a b", "dockerfile parse error on line 2: unknown flag: from")]
    [InlineData("FROM b\nCMD --x", "dockerfile parse error on line 2: unknown flag: x")]
    [InlineData("FROM b\nONBUILD ONBUILD RUN x", "dockerfile parse error on line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("FROM b\nONBUILD FROM x", "dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("FROM b\nONBUILD maintainer x", "dockerfile parse error on line 2: MAINTAINER isn't allowed as an ONBUILD trigger")]
    [InlineData("FROM b\nONBUILD", "dockerfile parse error on line 2: ONBUILD requires at least one argument")]
    [InlineData("FROM b\nONBUILD RNU x", "dockerfile parse error on line 2: unknown instruction: RNU (did you mean RUN?)")]
    [InlineData("FROM b\nHEALTHCHECK FOO", "dockerfile parse error on line 2: Unknown type \"FOO\" in HEALTHCHECK (try CMD)")]
    [InlineData("FROM b\nHEALTHCHECK NONE x", "dockerfile parse error on line 2: HEALTHCHECK NONE takes no arguments")]
    [InlineData("FROM b\nHEALTHCHECK --interval=1x CMD a", "dockerfile parse error on line 2: time: unknown unit \"x\" in duration \"1x\"")]
    [InlineData("FROM b\nHEALTHCHECK --interval=5 CMD a", "dockerfile parse error on line 2: time: missing unit in duration \"5\"")]
    [InlineData(
        "FROM b\nHEALTHCHECK --interval=1us CMD a",
        "dockerfile parse error on line 2: Interval \"interval\" cannot be less than 1ms"
    )]
    [InlineData("FROM b\nHEALTHCHECK --retries=-1 CMD a", "dockerfile parse error on line 2: --retries cannot be negative (-1)")]
    [InlineData("FROM b\nHEALTHCHECK CMD", "dockerfile parse error on line 2: Missing command after HEALTHCHECK CMD")]
    [InlineData("FROM b\nSHELL sh", "dockerfile parse error on line 2: SHELL requires the arguments to be in JSON form")]
    [InlineData("FROM b\nSTOPSIGNAL FOO", "Invalid signal: FOO")]
    [InlineData("FROM b\nEXPOSE foo", "invalid containerPort: foo")]
    [InlineData("FROM b\nEXPOSE 80/foo", "invalid proto: foo")]
    [InlineData("FROM b\nEXPOSE 90-80", "invalid containerPort: 90-80")]
    [InlineData("FROM b\nEXPOSE 70000", "invalid containerPort: 70000")]
    [InlineData("FROM b\nWORKDIR", "dockerfile parse error on line 2: WORKDIR requires exactly one argument")]
    [InlineData("FROM b\nVOLUME [\"\"]", "dockerfile parse error on line 2: VOLUME specified can not be an empty string")]
    [InlineData("FROM b\nMAINTAINER", "dockerfile parse error on line 2: MAINTAINER requires exactly one argument")]
    [InlineData("FROM b\nARG", "dockerfile parse error on line 2: ARG requires at least one argument")]
    [InlineData("FROM b\nARG =x", "dockerfile parse error on line 2: ARG names can not be blank")]
    [InlineData("FROM b\nENV x=${y?no}", "failed to process \"${y?no}\": y: no")]
    [InlineData("FROM b\nENV x=\"a", "failed to process \"\\\"a\": unexpected end of statement while looking for matching double-quote")]
    [InlineData("FROM b\nRUN --foo x", "dockerfile parse error on line 2: unknown flag: foo")]
    [InlineData(
        "FROM b\nRUN --mount=type=bnid,target=/x true",
        "dockerfile parse error on line 2: unsupported mount type \"bnid\" (did you mean bind?)"
    )]
    [InlineData(
        "FROM b\nRUN --mount=tpye=bind true",
        "dockerfile parse error on line 2: unexpected key 'tpye' in 'tpye=bind' (did you mean type?)"
    )]
    [InlineData("FROM b\nRUN --mount=type=tmpfs,target=/x,sharing=shared true", "unexpected key 'sharing' for mount type 'tmpfs'")]
    [InlineData(
        "FROM b\nRUN --mount=type=cache,target=/x,sharing=sharde true",
        "unsupported sharing value \"sharde\" (did you mean shared?)"
    )]
    [InlineData("FROM b\nRUN --mount=type=cache true", "mount target is required: --mount=type=cache")]
    [InlineData("FROM b\nRUN --mount=type=bind,target=/ true", "invalid mount target \"/\": it would hide the whole tree")]
    [InlineData("FROM b\nRUN --mount=type=cache,target=/x,mode=9 true", "invalid value for mode: 9")]
    [InlineData(
        "FROM b\nRUN --network=hots true",
        "dockerfile parse error on line 2: network mode \"hots\" is not supported (did you mean host?)"
    )]
    [InlineData("FROM b\nRUN", "RUN requires at least one argument")]
    [InlineData(
        "FROM b\nCOPY a c d",
        "When using COPY with more than one source file, the destination must be a directory and end with a /"
    )]
    [InlineData("FROM b\nCOPY --from=3 a b", "invalid from flag value 3: index out of bounds")]
    [InlineData("FROM b\nCOPY --from=$x a b", "'--from' doesn't support variable expansion, define alias stage instead")]
    [InlineData("FROM b\nCOPY --chmod=abc a b", "invalid chmod parameter: 'abc'. it should be octal string and between 0 and 07777")]
    [InlineData("FROM b\nCOPY <<EOF /x\na\n", "unterminated heredoc")]
    [InlineData("FROM b\nRUN [\"a\"] <<EOF\na\nEOF", "dockerfile parse error on line 2: RUN in exec form takes no here-documents")]
    [InlineData("FROM b\nADD --checksum=sha256:00 a b", "checksum can only be specified for HTTP(S) and git sources")]
    [InlineData("FROM b\nADD --checksum=sha256:00 https://h/f b", "invalid checksum digest format")]
    [InlineData("FROM b\nADD https://h/ b/", "cannot determine filename from url: https://h/")]
    [InlineData("# escape=x\nFROM b", "invalid escape token 'x' does not match ` or \\")]
    [InlineData("# escape=`\n# escape=`\nFROM b", "only one escape parser directive can be used")]
    [InlineData("FROM ${X}\n", "base name (${X}) should not be blank")]
    [InlineData("FROM --platform=$X b\n", "empty platform value from expression $X")]
    [InlineData("FROM a AS x\nCOPY --from=y / /\nFROM a AS y\nCOPY --from=x / /", "circular dependency detected on stage: y")]
    [InlineData("FROM a AS x\nCOPY --from=x / /", "circular dependency detected on stage: x")]
    public void Is_told_as_Docker_tells_it(string text, string expected) => Assert.Equal(expected, Planning.Fails(text).Message);

    [Fact]
    public void An_unknown_target_is_told_with_the_likely_stage() =>
        Assert.Equal(
            "failed to reach build target buidl in Dockerfile (did you mean build?)",
            Planning.Fails("FROM b AS build\n", i => i with { Target = "buidl" }).Message
        );

    [Fact]
    public void The_place_is_file_line_column_and_excerpt()
    {
        var error = Planning.Fails(
            "FROM busybox\n\nRUN a\n  RUNN b \\\n    c\nRUN d\nRUN e\n",
            i => i with { FileName = "sub/Dockerfile.x" }
        );
        Assert.Equal(
            ("sub/Dockerfile.x", 4, 5, 4, 3),
            (error.Place!.FileName, error.Place.FirstLine, error.Place.LastLine, error.Place.Line, error.Place.Column)
        );
        Assert.Equal(
            """
            sub/Dockerfile.x:4
            --------------------
               3 |     RUN a
               4 | >>>   RUNN b \
               5 | >>>     c
               6 |     RUN d
            --------------------

            """,
            error.Place.Excerpt
        );
    }

    [Theory]
    [InlineData("FROM b\nCOPY --from=a \\\n  --chwn=b x y\n", "3:3")]
    [InlineData("FROM b\nENV a=1 \\\n    b=${c?no}\n", "3:7")]
    [InlineData("FROM b\nHEALTHCHECK --interval=5x CMD x", "2:24")]
    [InlineData("FROM b\n EXPOSE 80 81/foo", "2:12")]
    public void The_column_is_that_of_the_word(string text, string place)
    {
        var error = Planning.Fails(text);
        Assert.Equal(place, $"{error.Place!.Line}:{error.Place.Column}");
    }

    [Fact]
    public void Control_characters_do_not_reach_the_terminal() =>
        Assert.DoesNotContain('\u001b', Planning.Fails("FROM b\nFOO \u001b[31mred").Place!.Excerpt);
}
