using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Words;

namespace Pier.UnitTests.Build;

public class ExpansionTests
{
    static readonly Dictionary<string, string> Values = new()
    {
        ["x"] = "one",
        ["y"] = "two words",
        ["empty"] = "",
        ["path"] = "/usr/local/lib/libfoo.so.1",
        ["v"] = "foo-bar-baz",
        ["1"] = "first",
        ["dots"] = "a.b.c",
    };

    static string Expand(string text, WordOptions? options = null) =>
        new WordExpander(options ?? new WordOptions(), new WorkBudget()).Word(text, Values.GetValueOrDefault);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$x", "one")]
    [InlineData("${x}", "one")]
    [InlineData("a$x-b", "aone-b")]
    [InlineData("$xx", "")]
    [InlineData("${x}x", "onex")]
    [InlineData("$", "$")]
    [InlineData("a$", "a$")]
    [InlineData("$.", "$.")]
    [InlineData("$1x", "firstx")]
    [InlineData("$unset", "")]
    [InlineData("\\$x", "$x")]
    [InlineData("\\\\$x", "\\one")]
    [InlineData("'$x'", "$x")]
    [InlineData("\"$x\"", "one")]
    [InlineData("\"\\$x\"", "$x")]
    [InlineData("\"a\\nb\"", "a\\nb")]
    [InlineData("a\\nb", "anb")]
    [InlineData("'a\\nb'", "a\\nb")]
    [InlineData("'it'\"s\"", "its")]
    [InlineData("\"'$x'\"", "'one'")]
    [InlineData("'\"$x\"'", "\"$x\"")]
    [InlineData("a\\", "a")]
    public void Plain_substitution(string text, string expected) => Assert.Equal(expected, Expand(text));

    [Theory]
    [InlineData("${x:-w}", "one")]
    [InlineData("${unset:-w}", "w")]
    [InlineData("${empty:-w}", "w")]
    [InlineData("${empty-w}", "")]
    [InlineData("${unset-w}", "w")]
    [InlineData("${x:+w}", "w")]
    [InlineData("${unset:+w}", "")]
    [InlineData("${empty:+w}", "")]
    [InlineData("${empty+w}", "w")]
    [InlineData("${unset+w}", "")]
    [InlineData("${x?no}", "one")]
    [InlineData("${x:?no}", "one")]
    [InlineData("${empty?no}", "")]
    [InlineData("${unset:-$x}", "one")]
    [InlineData("${unset:-${x}}", "one")]
    [InlineData("${unset:-${empty:-${y}}}", "two words")]
    [InlineData("${unset:-\"a}b\"}", "a}b")]
    [InlineData("${unset:-a\\}b}", "a}b")]
    public void Defaults(string text, string expected) => Assert.Equal(expected, Expand(text));

    [Theory]
    [InlineData("${path#*/}", "usr/local/lib/libfoo.so.1")]
    [InlineData("${path##*/}", "libfoo.so.1")]
    [InlineData("${path%.*}", "/usr/local/lib/libfoo.so")]
    [InlineData("${path%%.*}", "/usr/local/lib/libfoo")]
    [InlineData("${path%/*}", "/usr/local/lib")]
    [InlineData("${path%%/*}", "")]
    [InlineData("${v#foo}", "-bar-baz")]
    [InlineData("${v#bar}", "foo-bar-baz")]
    [InlineData("${v%-???}", "foo-bar")]
    [InlineData("${v%%-*}", "foo")]
    [InlineData("${v##*-}", "baz")]
    [InlineData("${v#${unset:-foo}}", "-bar-baz")]
    [InlineData("${v/-/+}", "foo+bar-baz")]
    [InlineData("${v//-/+}", "foo+bar+baz")]
    [InlineData("${v//ba?/X}", "foo-X-X")]
    [InlineData("${v/b*/X}", "foo-X")]
    [InlineData("${v/nothing/X}", "foo-bar-baz")]
    [InlineData("${v//-/}", "foobarbaz")]
    [InlineData("${v/foo/$x}", "one-bar-baz")]
    [InlineData("${dots//./_}", "a_b_c")]
    [InlineData("${path//\\//-}", "-usr-local-lib-libfoo.so.1")]
    [InlineData("${unset#a}", "")]
    [InlineData("${unset/a/b}", "")]
    public void Patterns(string text, string expected) => Assert.Equal(expected, Expand(text));

    [Theory]
    [InlineData("${", "syntax error: missing '}'")]
    [InlineData("${x", "syntax error: missing '}'")]
    [InlineData("${}", "syntax error: bad substitution")]
    [InlineData("${:-x}", "syntax error: bad substitution")]
    [InlineData("${x:}", "unsupported modifier (:}) in substitution")]
    [InlineData("${x:", "syntax error: missing '}'")]
    [InlineData("${x:#a}", "unsupported modifier (:#) in substitution")]
    [InlineData("${x!a}", "unsupported modifier (!) in substitution")]
    [InlineData("${x:-a", "unexpected end of statement while looking for matching }")]
    [InlineData("${x/a}", "unexpected end of statement while looking for matching /")]
    [InlineData("'a", "unexpected end of statement while looking for matching single-quote")]
    [InlineData("\"a", "unexpected end of statement while looking for matching double-quote")]
    [InlineData("${unset?}", "unset: is not allowed to be unset")]
    [InlineData("${unset:?}", "unset: is not allowed to be unset")]
    [InlineData("${empty:?}", "empty: is not allowed to be empty")]
    [InlineData("${unset:?say $x}", "unset: say one")]
    public void Errors(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<InstructionException>(() => Expand(text)).Message);

    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData("$y", "two|words")]
    [InlineData("\"$y\"", "two words")]
    [InlineData("a\"$y\"b c", "atwo wordsb|c")]
    [InlineData("'a b' c\\ d", "a b|c d")]
    [InlineData("$unset a", "a")]
    [InlineData("", "")]
    public void Words(string text, string expected) =>
        Assert.Equal(
            expected,
            string.Join('|', new WordExpander(new WordOptions(), new WorkBudget()).Words(text, Values.GetValueOrDefault))
        );

    [Fact]
    public void A_backtick_escapes_where_the_file_says_so()
    {
        var options = new WordOptions { Escape = '`' };
        Assert.Equal("C:\\one$x", Expand("C:\\$x`$x", options));
    }

    [Theory]
    [InlineData("echo \"$x\" '$x' \\$x", "echo \"one\" '$x' \\$x")]
    [InlineData("$unset ${unset} ${unset:-1} ${unset%a}", "$unset ${unset} ${unset:-1} ${unset%a}")]
    public void What_is_shown_keeps_quotes_and_unset_variables(string text, string expected) =>
        Assert.Equal(
            expected,
            Expand(
                text,
                new WordOptions
                {
                    KeepQuotes = true,
                    KeepEscapes = true,
                    KeepUnset = true,
                }
            )
        );

    [Fact]
    public void Unset_variables_are_told_unless_a_modifier_speaks_for_them()
    {
        var unset = new List<string>();
        new WordExpander(new WordOptions(), new WorkBudget()).Word("$a ${b} ${c:-1} ${d+1} ${e#x} $x", Values.GetValueOrDefault, unset);
        Assert.Equal(["a", "b", "e"], unset);
    }

    [Fact]
    public void A_bomb_of_substitutions_is_an_error()
    {
        var nested = string.Concat(Enumerable.Repeat("${a:-", 5000)) + new string('}', 5000);
        Assert.Contains("nested too deeply", Assert.Throws<InstructionException>(() => Expand(nested)).Message);
    }

    [Theory]
    [InlineData("${v#" + "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b" + "}")]
    [InlineData("${v//" + "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b" + "/x}")]
    public void A_pattern_takes_no_more_than_its_length_times_the_text(string text)
    {
        var value = new string('a', 20_000);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            Assert.Equal(value, new WordExpander(new WordOptions(), new WorkBudget()).Word(text, _ => value));
        }
        catch (InstructionException e)
        {
            Assert.Contains("without bound", e.Message);
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed}");
    }
}
