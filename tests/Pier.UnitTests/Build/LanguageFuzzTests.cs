using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Words;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.UnitTests.Build;

/// <summary>
/// Random files made of the language's own pieces: the answer is a plan or a <see cref="DockerfileException"/>, soon. PIER_FUZZ is the
/// number of seconds for each (2 unless it is set); the seed is printed with a failure, PIER_FUZZ_SEED takes it up again.
/// </summary>
public class LanguageFuzzTests
{
    static readonly string[] Pieces =
    [
        "FROM ",
        "FROM b AS x\n",
        "FROM scratch\n",
        "RUN ",
        "COPY ",
        "ADD ",
        "ENV ",
        "ARG ",
        "LABEL ",
        "CMD ",
        "ENTRYPOINT ",
        "ONBUILD ",
        "HEALTHCHECK ",
        "SHELL ",
        "EXPOSE ",
        "VOLUME ",
        "USER ",
        "WORKDIR ",
        "STOPSIGNAL ",
        "MAINTAINER ",
        "--from=",
        "--mount=type=cache,",
        "--chown=",
        "--exclude=",
        "--link",
        "--interval=",
        "target=",
        "<<EOF",
        "<<-EOF",
        "<<'E'",
        "\nEOF\n",
        "\nE\n",
        "\n",
        "\n",
        "\\\n",
        "\\",
        "`",
        "# escape=`\n",
        "# check=skip=all\n",
        "# syntax=docker/dockerfile:1\n",
        "#",
        "$",
        "${",
        "}",
        "${a:-",
        "${a##",
        "${a//",
        "/",
        ":",
        "?",
        "*",
        "+",
        "%",
        "'",
        "\"",
        "[",
        "]",
        "[\"a\", \"b\"]",
        ",",
        "=",
        " ",
        "\t",
        "a",
        "b",
        "x",
        "0",
        "1",
        "80",
        "65535",
        "-",
        "9999999999999999999",
        "1h30m",
        "NONE",
        "CMD",
        "..",
        "/./",
        "https://h/f",
        "git@h:p.git#r:d",
        "é",
        "\u0000",
        "\uFEFF",
        "\r\n",
        "𝄞",
        "A=$A$A",
        "ENV A=$A$A$A$A\n",
        "ONBUILD RUN x\n",
        "COPY --from=x / /\n",
        "sha256:",
        "linux/amd64",
    ];

    static void ForAWhile(Action<Random> once)
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("PIER_FUZZ"), CultureInfo.InvariantCulture, out var s) ? s : 2;
        var first = int.TryParse(Environment.GetEnvironmentVariable("PIER_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Environment.TickCount;
        var watch = Stopwatch.StartNew();
        for (var seed = first; watch.Elapsed.TotalSeconds < seconds; seed++)
        {
            var started = watch.Elapsed;
            try
            {
                once(new Random(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"PIER_FUZZ_SEED={seed}: {e}");
            }
            Assert.True(watch.Elapsed - started < TimeSpan.FromSeconds(60), $"PIER_FUZZ_SEED={seed} took {watch.Elapsed - started}");
        }
    }

    static string Text(Random random, int pieces)
    {
        var text = new StringBuilder();
        for (var i = random.Next(pieces); i >= 0; i--)
        {
            if (random.Next(20) == 0)
                text.Append((char)random.Next(1, 0x3000));
            else
                text.Append(Pieces[random.Next(Pieces.Length)]);
        }
        return text.ToString();
    }

    [Fact]
    public void A_file_is_a_plan_or_an_error_with_a_message() =>
        ForAWhile(random =>
        {
            var text = (random.Next(4) == 0 ? "" : "FROM b AS x\n") + Text(random, 80);
            try
            {
                Assert.NotNull(Planning.Of(text).Root);
            }
            catch (Exception e) when (e is DockerfileException or UnsupportedException or NotFoundException or InvalidParameterException)
            {
                Assert.NotEqual("", e.Message);
            }
        });

    [Fact]
    public void Bytes_are_a_plan_or_an_error() =>
        ForAWhile(random =>
        {
            var bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            Assert.IsType<DockerfileException>(Record.Exception(() => Dockerfile.Parse("f", bytes)));
        });

    [Fact]
    public void A_word_expands_or_is_an_error() =>
        ForAWhile(random =>
        {
            var options = new WordOptions
            {
                Escape = random.Next(2) == 0 ? '\\' : '`',
                KeepEscapes = random.Next(2) == 0,
                KeepQuotes = random.Next(2) == 0,
                KeepUnset = random.Next(2) == 0,
                IgnoreQuotes = random.Next(4) == 0,
            };
            var (expander, text) = (new WordExpander(options, new WorkBudget(1 << 20)), Text(random, 30));
            try
            {
                Assert.True(expander.Word(text, n => n == "a" ? "some/value" : null).Length <= DockerfileLimits.ValueLength);
                Assert.DoesNotContain("", expander.Words(text, n => n == "a" ? "some value" : null));
            }
            catch (InstructionException e)
            {
                Assert.NotEqual("", e.Message);
            }
        });

    [Fact]
    public void Ignore_patterns_answer_or_are_an_error() =>
        ForAWhile(random =>
        {
            try
            {
                var matcher = new IgnoreMatcher(IgnoreFile.Parse(Encoding.UTF8.GetBytes(Text(random, 40))));
                var path = CleanPath.Of(Text(random, 10).Replace('\0', 'x'));
                // What a walk passes by was left out, and so is everything below it.
                if (matcher.CanSkip(path))
                    Assert.True(matcher.Excludes(path) && matcher.Excludes(path + "/below"));
            }
            catch (InvalidParameterException e)
            {
                Assert.NotEqual("", e.Message);
            }
        });
}
