using Pier.Cli;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers;

namespace Pier.UnitTests.Cli;

/// <summary>The option grammar that docker's users have in their fingers.</summary>
public class LineParserTests
{
    static ParsedLine Run(params string[] words) => new LineParser(RunOptions.ForRun, interspersed: false).Parse(words);

    [Fact]
    public void Everything_after_the_image_is_the_containers()
    {
        var line = Run("-it", "busybox", "sh", "-c", "--rm", "--", "-d");
        Assert.Equal(["busybox", "sh", "-c", "--rm", "--", "-d"], line.Arguments);
        Assert.True(line.Flag("interactive") && line.Flag("tty"));
        Assert.False(line.Has("rm") || line.Has("detach"));
    }

    [Theory]
    [InlineData("-eA=b")]
    [InlineData("-e=A=b")]
    [InlineData("-e", "A=b")]
    [InlineData("--env=A=b")]
    [InlineData("--env", "A=b")]
    [InlineData("-iteA=b")]
    public void A_value_is_found_in_every_form(params string[] words) => Assert.Equal(["A=b"], Run([.. words, "img"]).List("env"));

    [Fact]
    public void Lists_collect_and_single_values_take_the_last()
    {
        var line = Run("-v", "a:b", "--volume=c:d", "--name", "x", "--name=y", "img");
        Assert.Equal(["a:b", "c:d"], line.List("volume"));
        Assert.Equal("y", line.Text("name"));
    }

    [Fact]
    public void Flags_take_a_value_only_after_an_equals_sign()
    {
        Assert.False(Run("--sig-proxy=false", "img").Flag("sig-proxy", true));
        Assert.Equal(["false"], Run("--rm", "false").Arguments);
    }

    [Fact]
    public void Two_dashes_end_the_options() => Assert.Equal(["-x", "y"], Run("--", "-x", "y").Arguments);

    [Fact]
    public void Old_names_stand_for_the_new() => Assert.Equal(["host"], Run("--net", "host", "img").List("network"));

    [Fact]
    public void Options_may_follow_arguments_where_no_command_is_meant()
    {
        var line = new LineParser(List.Spec.Options, interspersed: true).Parse(["x", "-a"]);
        Assert.True(line.Flag("all"));
        Assert.Equal(["x"], line.Arguments);
    }

    [Theory]
    [InlineData("unknown flag: --foo", "--foo")]
    [InlineData("unknown shorthand flag: 'Z' in -Z", "-Z")]
    [InlineData("unknown shorthand flag: 'Z' in -Zt", "-iZt")]
    [InlineData("flag needs an argument: --name", "--name")]
    [InlineData("flag needs an argument: 'e' in -e", "-e")]
    [InlineData("bad flag syntax: ---x", "---x")]
    [InlineData("invalid argument \"zz\" for \"-m, --memory\" flag: invalid size: 'zz'", "-m", "zz")]
    [InlineData("invalid argument \"x\" for \"--cpu-period\" flag: strconv.ParseInt: parsing \"x\": invalid syntax", "--cpu-period=x")]
    [InlineData("invalid argument \"xx\" for \"--cpus\" flag: failed to parse xx as a rational number", "--cpus", "xx")]
    [InlineData(
        "invalid argument \"1x\" for \"--health-interval\" flag: time: unknown unit \"x\" in duration \"1x\"",
        "--health-interval",
        "1x"
    )]
    [InlineData("invalid argument \"maybe\" for \"--rm\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax", "--rm=maybe")]
    public void Mistakes_are_told_in_dockers_words(string message, params string[] words) =>
        Assert.Equal(message, Assert.Throws<UsageFailure>(() => Run(words)).Message);

    [Theory]
    [InlineData("512m", 536870912)]
    [InlineData("1.5g", 1610612736)]
    [InlineData("100", 100)]
    [InlineData("64KiB", 65536)]
    [InlineData("-1", -1)]
    public void Sizes_count_in_powers_of_1024(string text, long bytes)
    {
        Assert.True(OptionValues.TryParseBytes(text, out var parsed));
        Assert.Equal(bytes, parsed);
    }
}
