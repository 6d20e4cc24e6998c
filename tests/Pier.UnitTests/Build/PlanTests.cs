using System.Text;
using Pier.Build.Graph;
using Pier.Model;

namespace Pier.UnitTests.Build;

/// <summary>What the language means.</summary>
public class PlanTests
{
    static CopyAction Copy(string text) =>
        Assert.IsType<CopyAction>(Assert.Single(Assert.IsType<FileStep>(Planning.Of(text).Root).Actions));

    [Fact]
    public void Unused_stages_are_not_planned_and_their_images_not_asked_for()
    {
        var planning = new Planning();
        var plan = planning.Plan("FROM a AS x\nRUN one\nFROM missing AS y\nRUN two\nFROM x\nRUN three\n");
        Assert.Equal(["a linux/amd64"], planning.Asked);
        Assert.Equal(["FROM a AS x", "RUN one", "FROM x", "RUN three"], plan.Instructions.Select(i => i.Text));
        Assert.All(plan.Instructions, i => Assert.True(i.IsFinalStage));
    }

    [Fact]
    public void The_target_is_a_name_or_a_number()
    {
        const string Text = "FROM a AS One\nFROM b AS two\nFROM c\n";
        foreach (
            var (target, image) in new[]
            {
                ("one", "docker.io/library/a:latest"),
                ("TWO", "docker.io/library/b:latest"),
                ("1", "docker.io/library/b:latest"),
                ("", "docker.io/library/c:latest"),
            }
        )
            Assert.Equal(image, Assert.IsType<ImageSource>(Planning.Of(Text, i => i with { Target = target }).Root).Reference);
    }

    [Fact]
    public void Equal_inputs_are_one_vertex()
    {
        var plan = Planning.Of(
            "FROM b AS x\nCOPY a /a\nFROM b:latest AS y\nCOPY c /c\nFROM docker.io/library/b\nCOPY --from=x / /\nCOPY --from=y / /\nCOPY --from=b /bin /bin\nCOPY d /d\n"
        );
        Assert.Single(Planning.All(plan.Root).OfType<ImageSource>().Distinct());
        Assert.Single(Planning.All(plan.Root).OfType<LocalSource>().Distinct());
    }

    [Fact]
    public void A_later_stage_may_be_copied_from() =>
        Assert.Equal(
            "docker.io/library/b:latest",
            (
                (ImageSource)Copy2(Planning.Of("FROM a AS x\nCOPY --from=y /f /f\nFROM b AS y\n", i => i with { Target = "x" })).From
            ).Reference
        );

    static CopyAction Copy2(BuildPlan plan) => (CopyAction)((FileStep)plan.Root).Actions[0];

    [Fact]
    public void Thousands_of_stages_are_no_deep_recursion()
    {
        var text = new StringBuilder("FROM a AS s0\n");
        for (var i = 1; i < 2400; i++)
            text.Append($"FROM s{i - 1} AS s{i}\nWORKDIR /d{i % 3}\n");
        Assert.Equal("/d2", Planning.Of(text.ToString()).Config.WorkingDir);
    }

    [Fact]
    public void Arguments_are_global_staged_and_inherited()
    {
        var plan = Planning.Of(
            """
            ARG VERSION=1
            ARG IMAGE=base:${VERSION}
            FROM ${IMAGE} AS a
            ARG VERSION
            ARG LOCAL=${VERSION}-local
            RUN one
            FROM a
            RUN two
            FROM a
            ARG VERSION=3 MORE="$LOCAL more"
            RUN three
            """,
            i =>
                i with
                {
                    Arguments = new Dictionary<string, string?>
                    {
                        ["VERSION"] = "2",
                        ["GONE"] = null,
                        ["VAIN"] = "x",
                    },
                }
        );
        var run = (RunStep)plan.Root;
        Assert.Contains("VERSION=2", run.Environment);
        Assert.Contains("LOCAL=2-local", run.Environment);
        Assert.Contains("MORE=2-local more", run.Environment);
        Assert.Equal("RUN |3 VERSION=2 LOCAL=2-local MORE=2-local more /bin/sh -c three # buildkit", plan.Instructions[^1].CreatedBy);
        Assert.Equal("docker.io/library/base:2", Planning.All(plan.Root).OfType<ImageSource>().First().Reference);
        Assert.DoesNotContain(plan.Config.Env!, e => e.StartsWith("VERSION", StringComparison.Ordinal));
        Assert.Equal(
            "One or more build-args [VAIN] were not consumed",
            Assert.Single(plan.Warnings, w => w.Code == "UnconsumedArguments").Message
        );
    }

    [Fact]
    public void A_global_argument_is_not_seen_in_a_stage_that_does_not_ask_for_it()
    {
        var plan = Planning.Of("ARG A=1\nFROM b\nENV X=$A\n");
        Assert.Contains("X=", plan.Config.Env!);
        Assert.Equal("Usage of undefined variable '$A'", Assert.Single(plan.Warnings).Message);
    }

    [Fact]
    public void An_environment_line_sees_what_was_before_it()
    {
        var plan = Planning.Of("FROM b\nENV abc=hello\nENV abc=bye def=$abc\nENV ghi=$abc\nENV old form  of \"a value\"\n");
        Assert.Equal(["PATH=/usr/bin:/bin", "abc=bye", "def=hello", "ghi=bye", "old=form  of a value"], plan.Config.Env!);
    }

    // As dockerd 20.10 makes them.
    [Theory]
    [InlineData("ENV a=b\\ c d='e f' g=\"h\\\"i\" j=k\\\\l m=\"a\\b\" n=a\\b", "a=b c|d=e f|g=h\"i|j=k\\l|m=a\\b|n=ab")]
    [InlineData("ENV a= b=''", "a=|b=")]
    [InlineData("ENV a=${b:-\"x y\"}", "a=x y")]
    [InlineData("ENV \"a b\"=c", "a b=c")]
    [InlineData("ENV a=b \\\n#c\n d=e", "a=b|d=e")]
    [InlineData("ENV a $unset b", "a= b")]
    [InlineData("ARG a b=1\nENV c=$a$b", "c=1")]
    [InlineData("ENV a=\"b'c\" d='e\"f'", "a=b'c|d=e\"f")]
    [InlineData("ENV a=$$ b=$( c=${a}}", "a=|b=$(|c=}")]
    [InlineData("ENV A=$1 B=$@", "A=|B=")]
    [InlineData("ENV a=1\nARG a=2\nENV b=$a", "a=1|b=2")]
    public void Environments(string lines, string expected) =>
        Assert.Equal(expected, string.Join('|', Planning.Of("FROM b\n" + lines).Config.Env!.Skip(1)));

    [Fact]
    public void Proxies_reach_the_process_but_neither_history_nor_key()
    {
        var plan = Planning.Of(
            "FROM b\nRUN x\nARG NO_PROXY\nRUN y\n",
            i =>
                i with
                {
                    Arguments = new Dictionary<string, string?> { ["http_proxy"] = "http://p", ["NO_PROXY"] = "h" },
                }
        );
        var (first, second) = ((RunStep)((RunStep)plan.Root).Base, (RunStep)plan.Root);
        Assert.Equal(["http_proxy=http://p", "NO_PROXY=h"], first.UncachedEnvironment);
        Assert.Equal(["http_proxy=http://p"], second.UncachedEnvironment);
        Assert.DoesNotContain("http_proxy", string.Concat(plan.Instructions.Select(i => i.CreatedBy)));
        Assert.Empty(plan.Warnings);
    }

    [Theory]
    [InlineData("CMD a", "", "/bin/sh|-c|a")]
    [InlineData("CMD [\"a\", \"b\"]", "", "a|b")]
    [InlineData("CMD []", "", "")]
    [InlineData("CMD", "", "/bin/sh|-c|")]
    [InlineData("CMD [\"a\"] x", "", "a")]
    [InlineData("ENTRYPOINT [\"e\"]\nENTRYPOINT", "", null)]
    [InlineData("ENTRYPOINT [\"e\"]", "e", null)]
    [InlineData("CMD a\nENTRYPOINT [\"e\"]", "e", "/bin/sh|-c|a")]
    [InlineData("ENTRYPOINT [\"e\"]\nCMD [\"a\"]", "e", "a")]
    [InlineData("SHELL [\"/bin/bash\", \"-c\"]\nCMD a", "", "/bin/bash|-c|a")]
    [InlineData("CMD [ 'a' ]", "", "/bin/sh|-c|[ 'a' ]")]
    [InlineData("CMD [\"a\"", "", "/bin/sh|-c|[\"a\"")]
    [InlineData("USER x", "", "sh")]
    public void Commands(string lines, string entrypoint, string? command)
    {
        var config = Planning.Of("FROM b\n" + lines).Config;
        Assert.Equal(
            (entrypoint, command),
            (string.Join('|', config.Entrypoint ?? []), config.Cmd is null ? null : string.Join('|', config.Cmd))
        );
    }

    [Theory]
    [InlineData("WORKDIR /a\nWORKDIR b\nWORKDIR ../c/.", "/a/c")]
    [InlineData("ENV D=/x\nWORKDIR $D/y", "/x/y")]
    [InlineData("WORKDIR a/", "/a")]
    [InlineData("WORKDIR /../..", "/")]
    public void Directories(string lines, string expected) => Assert.Equal(expected, Planning.Of("FROM b\n" + lines).Config.WorkingDir);

    [Fact]
    public void A_directory_belongs_to_the_user() =>
        Assert.Equal(
            "app",
            Assert
                .IsType<MakeDirectoryAction>(
                    Assert.Single(Assert.IsType<FileStep>(Planning.Of("FROM b\nUSER app\nWORKDIR /x\n").Root).Actions)
                )
                .Owner
        );

    [Theory]
    [InlineData("COPY a b", "/a", "/w/b")]
    [InlineData("COPY a b/", "/a", "/w/b/")]
    [InlineData("COPY a .", "/a", "/w/")]
    [InlineData("COPY a /", "/a", "/")]
    [InlineData("COPY . /x/.", "/", "/x/")]
    [InlineData("COPY a c* d/", "/a /c*", "/w/d/")]
    [InlineData("COPY ../../etc/passwd /x", "/etc/passwd", "/x")]
    [InlineData("COPY /../../etc/passwd ../../../x", "/etc/passwd", "/x")]
    [InlineData("COPY [\"a b\", \"c d/\"]", "/a b", "/w/c d/")]
    [InlineData("copy a\\\n  b", "/a", "/w/b")]
    public void Copies(string line, string sources, string destination)
    {
        var copy = Copy($"FROM b\nWORKDIR /w\n{line}\n");
        Assert.Equal((sources, destination, false), (string.Join(' ', copy.Sources), copy.Destination, copy.Unpack));
    }

    [Fact]
    public void Copies_with_flags()
    {
        var plan = Planning.Of("FROM b\nARG U=me\nCOPY --chown=$U:them --chmod=u=rw,go=r --link --exclude=*.o --exclude=x/** a/ /b/\n");
        var (step, copy) = ((FileStep)plan.Root, Copy2(plan));
        Assert.True(step.Linked);
        Assert.Equal(("me:them", "u=rw,go=r", "*.o x/**"), (copy.Owner, copy.Mode, string.Join(' ', copy.Excludes)));
    }

    [Fact]
    public void Added_archives_are_unpacked_unless_the_flag_forbids_it()
    {
        Assert.True(Copy("FROM b\nADD a.tar /").Unpack);
        Assert.False(Copy("FROM b\nADD --unpack=false a.tar /").Unpack);
        Assert.False(Copy("FROM b\nADD https://h/a.tar /").Unpack);
        Assert.True(Copy("FROM b\nADD --unpack https://h/a.tar /").Unpack);
    }

    [Theory]
    [InlineData("ADD https://host/dir/file.txt?x=1 /d/", "file.txt", "/d/")]
    [InlineData("ADD http://host/dir/file.txt /d/other", "other", "/d/other")]
    [InlineData("ADD https://host/a%20b /d/", "a b", "/d/")]
    public void Downloads(string line, string name, string destination)
    {
        var copy = Copy("FROM b\n" + line);
        var source = Assert.IsType<HttpSource>(copy.From);
        Assert.Equal((name, "/" + name, destination, "0600"), (source.FileName, copy.Sources[0], copy.Destination, copy.Mode));
    }

    [Theory]
    [InlineData("ADD https://github.com/a/b.git /s", "https://github.com/a/b.git", "", "")]
    [InlineData("ADD https://github.com/a/b.git#v1 /s", "https://github.com/a/b.git", "v1", "")]
    [InlineData("ADD git@github.com:a/b.git#main:sub/dir /s", "git@github.com:a/b.git", "main", "sub/dir")]
    [InlineData("ADD --keep-git-dir=true git://h/b /s", "git://h/b", "", "")]
    [InlineData("ADD ssh://git@h:22/b#:sub /s", "ssh://git@h:22/b", "", "sub")]
    public void Repositories(string line, string remote, string reference, string directory)
    {
        var source = Assert.IsType<GitSource>(Copy("FROM b\n" + line).From);
        Assert.Equal(
            (remote, reference, directory, line.Contains("keep-git-dir")),
            (source.Remote, source.Reference, source.Subdirectory, source.KeepGitDirectory)
        );
    }

    [Fact]
    public void Here_documents_of_copies_expand_unless_they_are_quoted()
    {
        var plan = Planning.Of("FROM b\nARG A=1\nCOPY <<x <<'y' f /d/\n\"$A\" \\$A\nx\n$A\ny\n");
        var actions = ((FileStep)plan.Root).Actions;
        Assert.Equal(["/f"], Assert.IsType<CopyAction>(actions[0]).Sources);
        Assert.Equal(["\"1\" $A\n", "$A\n"], actions.Skip(1).Cast<WriteAction>().Select(w => Encoding.UTF8.GetString(w.Content.Span)));
    }

    [Fact]
    public void Triggers_of_the_base_come_first_and_are_gone()
    {
        var planning = new Planning();
        planning.Images[Planning.Full("base")] = new ContainerConfig
        {
            OnBuild = ["COPY . /app", "ENV A=1", "RUN <<EOF\nmake\nEOF", "COPY --from=tools /t /t"],
        };
        var plan = planning.Plan("FROM t AS tools\nFROM base\nRUN last\n");
        Assert.Null(plan.Config.OnBuild);
        Assert.Equal(
            ["FROM t AS tools", "FROM base", "COPY . /app", "ENV A=1", "RUN <<EOF", "COPY --from=tools /t /t", "RUN last"],
            plan.Instructions.Select(i => i.Text)
        );
        Assert.Equal(4, plan.Instructions.Count(i => i.IsTrigger));
        Assert.Equal(["/bin/sh", "-c", "make\n"], Planning.All(plan.Root).OfType<RunStep>().First().Arguments);
    }

    [Fact]
    public void Own_triggers_are_kept_for_others() =>
        Assert.Equal(
            ["RUN a  b", "COPY <<E /x\n1\nE"],
            Planning.Of("FROM b\nONBUILD RUN a  b\nONBUILD COPY <<E /x\n1\nE\n").Config.OnBuild!
        );

    [Fact]
    public void Labels_of_the_user_win() =>
        Assert.Equal(
            "2",
            Planning.Of("FROM b\nLABEL a=1 b=1\n", i => i with { Labels = new Dictionary<string, string> { ["a"] = "2" } }).Config.Labels![
                "a"
            ]
        );

    [Fact]
    public void Health_checks()
    {
        var plan = Planning.Of(
            "FROM b\nHEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=1h --start-interval=250ms --retries=3 CMD curl -f http://x || exit 1\n"
        );
        var health = plan.Config.Healthcheck!;
        Assert.Equal(
            (90_000_000_000, 1_500_000_000, 3_600_000_000_000, 250_000_000, 3),
            (health.Interval, health.Timeout, health.StartPeriod, health.StartInterval, health.Retries)
        );
        Assert.Equal(["CMD-SHELL", "curl -f http://x || exit 1"], health.Test!);
        Assert.Equal(
            "HEALTHCHECK &{[\"CMD-SHELL\" \"curl -f http://x || exit 1\"] \"1m30s\" \"1.5s\" \"1h0m0s\" \"250ms\" '\\x03'}",
            plan.Instructions[^1].CreatedBy
        );
        Assert.Equal(["NONE"], Planning.Of("FROM b\nHEALTHCHECK none\n").Config.Healthcheck!.Test!);
    }

    [Fact]
    public void The_date_of_the_source_is_read()
    {
        Assert.Equal(
            DateTimeOffset.UnixEpoch,
            Planning.Of("FROM b", i => i with { Arguments = new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = "0" } }).SourceDate
        );
        Assert.Throws<InvalidParameterException>(() =>
            Planning.Of("FROM b", i => i with { Arguments = new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = "x" } })
        );
    }

    [Fact]
    public void Another_language_is_refused() =>
        Assert.Throws<UnsupportedException>(() => Planning.Of("# syntax=example.com/other/frontend:1\nFROM b"));

    [Theory]
    [InlineData("# syntax=docker/dockerfile:1.7-labs\nFROM b")]
    [InlineData("#syntax = docker.io/docker/dockerfile@sha256:0123456789012345678901234567890123456789012345678901234567890123\nFROM b")]
    [InlineData("# a comment\n# syntax=example.com/is/a/comment\nFROM b")]
    [InlineData("\uFEFFFROM b\r\nRUN a \\\r\n  b\r\n")]
    [InlineData("from b\nrun x")]
    [InlineData("\t FROM b\n\t#comment\n")]
    public void Is_read(string text) => Planning.Of(text);

    [Fact]
    public void From_scratch_has_a_path_and_nothing_else()
    {
        var plan = Planning.Of("FROM scratch\nCOPY a /\n");
        Assert.IsType<ScratchSource>(((FileStep)plan.Root).Base);
        Assert.Null(plan.BaseImage);
        Assert.Equal(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], plan.Config.Env!);
    }

    [Fact]
    public void An_image_without_a_path_gets_the_usual_one()
    {
        var planning = new Planning();
        planning.Images[Planning.Full("b")] = new ContainerConfig { Env = ["A=1"] };
        Assert.Equal(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=1"], planning.Plan("FROM b\n").Config.Env!);
    }

    [Fact]
    public void Steps_are_named_as_BuildKit_names_them()
    {
        var plan = Planning.Of("FROM b AS Build\nARG V=1\nRUN make $V\nFROM b\nWORKDIR /x\nCOPY --from=build / /\n");
        Assert.Equal(
            [
                "[build 2/2] RUN make 1",
                "[stage-1 1/3] FROM docker.io/library/b:latest",
                "[stage-1 2/3] WORKDIR /x",
                "[stage-1 3/3] COPY --from=build / /",
            ],
            Planning.All(plan.Root).Distinct().Select(v => v.Name).Order()
        );
    }
}
