using Pier.Cli;
using Pier.Cli.Containers.Copying;

namespace Pier.UnitTests.Cli.Copying;

public class CopyPathTests
{
    [Theory]
    [InlineData("c:/etc", "c", "/etc")]
    [InlineData("c:", "c", "")]
    [InlineData("c:a:b", "c", "a:b")]
    [InlineData("/a:b", null, "/a:b")]
    [InlineData("./a:b", null, "./a:b")]
    [InlineData("a", null, "a")]
    [InlineData("-", null, "-")]
    public void An_argument_names_a_container_or_not(string argument, string? container, string path) =>
        Assert.Equal((container, path), CopyPath.Split(argument));

    [Theory]
    [InlineData("/a/b", "/a", "b")]
    [InlineData("/a/b/", "/a", "b")]
    [InlineData("/a/b/.", "/a/b", ".")]
    [InlineData("a", ".", "a")]
    [InlineData("/", "/", "/")]
    [InlineData(".", ".", ".")]
    [InlineData("a/../b", ".", "b")]
    [InlineData("../b", "..", "b")]
    public void A_path_has_a_directory_and_a_last_part(string path, string directory, string last) =>
        Assert.Equal((directory, last), CopyPath.SplitEntry(path));

    // The cases of docker's cp reference, "SRC_PATH does specify a file" and following.
    [Theory]
    [InlineData("/s/f", false, "/d", true, true, "/d", "f", "f")]
    [InlineData("/s/f", false, "/d/old", true, false, "/d", "f", "old")]
    [InlineData("/s/f", false, "/d/new", false, false, "/d", "f", "new")]
    [InlineData("/s/dir", true, "/d", true, true, "/d", "dir/x", "dir/x")]
    [InlineData("/s/dir/.", true, "/d", true, true, "/d", "./x", "./x")]
    [InlineData("/s/dir", true, "/d/new", false, false, "/d", "dir/x", "new/x")]
    [InlineData("/s/dir", true, "/d/new", false, false, "/d", "director/x", "director/x")]
    [InlineData("/s/dir/.", true, "/d/new", false, false, "/d", "./x", "new/x")]
    [InlineData("/", true, "/d/new", false, false, "/d", "/etc/x", "new/etc/x")]
    public void The_top_of_the_archive_gets_the_destinations_name(
        string source,
        bool isDirectory,
        string target,
        bool exists,
        bool targetIsDirectory,
        string directory,
        string name,
        string renamed
    )
    {
        var plan = CopyPlan.Make(new CopyEnd(source, true, isDirectory), new CopyEnd(target, exists, targetIsDirectory));
        Assert.Equal((directory, renamed), (plan.Directory, plan.Rename(name)));
    }

    [Fact]
    public void What_cannot_be_is_refused_in_dockers_words()
    {
        Assert.Equal(
            "cannot copy directory",
            Assert.Throws<CliFailure>(() => CopyPlan.Make(new CopyEnd("/s", true, true), new CopyEnd("/f", true, false))).Message
        );
        Assert.Equal(
            "no such directory",
            Assert.Throws<CliFailure>(() => CopyPlan.Make(new CopyEnd("/f", true, false), new CopyEnd("/d/", false, false))).Message
        );
    }

    [Fact]
    public void A_followed_link_keeps_its_name()
    {
        var plan = CopyPlan.Make(new CopyEnd("/real", true, false, "link"), new CopyEnd("/d/f", true, false));
        Assert.Equal("f", plan.Rename("link"));
        Assert.Equal("/a/b/c", CopyPath.Follow("/a/b/link", "c"));
        Assert.Equal("/c", CopyPath.Follow("/a/b/link", "/c"));
    }
}
