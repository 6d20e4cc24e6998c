using System.Text;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.UnitTests.Build;

public class IgnoreTests
{
    [Theory]
    [InlineData("*.o", "a.o", true)]
    [InlineData("*.o", "dir/a.o", false)]
    [InlineData("**/*.o", "a.o", true)]
    [InlineData("**/*.o", "dir/sub/a.o", true)]
    [InlineData("dir", "dir", true)]
    [InlineData("dir", "dir/sub/a", true)]
    [InlineData("dir", "dirs/a", false)]
    [InlineData("/dir/", "dir/a", true)]
    [InlineData("dir/**", "dir/sub/a", true)]
    [InlineData("dir/**", "dir", false)]
    [InlineData("dir/**/a", "dir/a", true)]
    [InlineData("dir/**/a", "dir/x/y/a", true)]
    [InlineData("dir/**/a", "dir/xa", false)]
    [InlineData("**", "any/thing", true)]
    [InlineData("**/dir", "x/dir/y", true)]
    [InlineData("**/dir", "x/adir", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("a\\*c", "a*c", true)]
    [InlineData("a\\*c", "abc", false)]
    [InlineData("./a", "a", true)]
    [InlineData("x/../a", "a", true)]
    [InlineData("a.b", "axb", false)]
    [InlineData("a+(b)|{c}$", "a+(b)|{c}$", true)]
    [InlineData("abc.def**", "abc.defghi/x", true)]
    [InlineData("**file", "dir/file", true)]
    [InlineData("**/**/x", "x", true)]
    public void One_pattern(string pattern, string path, bool excluded) =>
        Assert.Equal(excluded, new IgnoreMatcher([pattern]).Excludes(path));

    [Theory]
    [InlineData("*\n!src", "src/a", false)]
    [InlineData("*\n!src", "other", true)]
    [InlineData("*\n!src\nsrc/vendor", "src/vendor/a", true)]
    [InlineData("*\n!src\nsrc/vendor\n!src/vendor/keep", "src/vendor/keep/b", false)]
    [InlineData("!a\na", "a", true)]
    [InlineData("a\n!a", "a", false)]
    [InlineData("a\n!a/b", "a/b", false)]
    [InlineData("a\n!a/b", "a/c", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false)]
    public void The_last_match_decides(string patterns, string path, bool excluded) =>
        Assert.Equal(excluded, new IgnoreMatcher(patterns.Split('\n')).Excludes(path));

    [Theory]
    [InlineData("dir", "dir", true)]
    [InlineData("dir\n!dir/keep", "dir", false)]
    [InlineData("dir\n!dir/keep", "dir/other", true)]
    [InlineData("dir\n!other/keep", "dir", true)]
    [InlineData("*\n!**/*.go", "src", false)]
    [InlineData("other", "dir", false)]
    public void A_walk_passes_by_what_nothing_can_bring_back(string patterns, string directory, bool skip) =>
        Assert.Equal(skip, new IgnoreMatcher(patterns.Split('\n')).CanSkip(directory));

    [Fact]
    public void The_file_is_read_as_Docker_reads_it()
    {
        var bytes = (byte[])
            [
                .. Encoding.UTF8.Preamble,
                .. Encoding.UTF8.GetBytes("# comment\r\n\n  /abs/path/  \r\n!  ./keep \n #not a comment\nx//y/.\n!\n/\n"),
            ];
        Assert.Equal(["abs/path", "!keep", "#not a comment", "x/y", "!", "/"], IgnoreFile.Parse(bytes));
    }

    [Theory]
    [InlineData("!")]
    [InlineData("[")]
    [InlineData("[a")]
    [InlineData("[]")]
    [InlineData("[-]")]
    [InlineData("a\\")]
    public void A_broken_pattern_is_told(string pattern) => Assert.Throws<InvalidParameterException>(() => new IgnoreMatcher([pattern]));

    [Fact]
    public void A_pattern_of_many_stars_takes_no_more_than_its_length_times_the_path()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var matcher = new IgnoreMatcher([string.Concat(Enumerable.Repeat("**/a*a", 200))]);
        Assert.False(matcher.Excludes(string.Concat(Enumerable.Repeat("aaaa", 500)) + "b"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("", ".")]
    [InlineData("a//b/./c", "a/b/c")]
    [InlineData("../a", "../a")]
    [InlineData("a/../..", "..")]
    [InlineData("/../a/", "/a")]
    public void Paths_are_cleaned(string path, string expected) => Assert.Equal(expected, CleanPath.Of(path));
}
