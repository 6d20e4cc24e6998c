namespace Pier.KernelTests.Store.Executables;

/// <summary>How the init program finds its command, and what it says when it does not.</summary>
public sealed class InitSearchTests : IDisposable
{
    readonly InitProcess init = new();

    public InitSearchTests()
    {
        Shell.Run(
            """
            cd $1
            mkdir plain good folder folder/tool
            ln -s loop loop
            echo data > plain/tool
            printf '#!/bin/sh\necho found "$0"\n' > good/tool
            cp good/tool here
            echo no program > format
            printf '#!/no/such/shell\n' > broken
            chmod 755 good/tool here format broken
            """,
            init.Directory
        );
    }

    [Theory]
    [InlineData("good")]
    [InlineData("/no/such:good:plain")]
    [InlineData("plain:good")]
    [InlineData("folder:good")]
    [InlineData("plain/tool:good")] // not a directory
    [InlineData("loop:good")]
    public void The_first_executable_in_the_path_is_taken(string path) => Assert.Equal((0, "found good/tool\n", ""), Run(path, "tool"));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("plain:")]
    [InlineData(":plain")]
    [InlineData("plain::plain")]
    public void An_empty_directory_is_the_working_directory(string path) => Assert.Equal((0, "found here\n", ""), Run(path, "here"));

    [Fact]
    public void Without_a_path_the_usual_directories_are_searched() =>
        Assert.Equal((0, "XPATH=/no\n", ""), init.Run(["env", "-i", "XPATH=/no", init.File, "--", "env"]));

    [Theory]
    [InlineData(4090)]
    [InlineData(4091)]
    [InlineData(4093)]
    [InlineData(4094)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(20_000)]
    public void Directories_that_are_too_long_are_passed_over(int length)
    {
        Assert.Equal((0, "found good/tool\n", ""), Run(new string('x', length) + ":good", "tool"));
        Assert.Equal((0, "found good/tool\n", ""), Run(string.Concat(Enumerable.Repeat("./", length / 2 + 1))[..length] + ":good", "tool"));
    }

    [Fact]
    public void The_longest_path_is_found()
    {
        // PATH_MAX counts the zero at the end: 4095 characters.
        var path = string.Concat(Enumerable.Repeat("./", 2042)) + "./good";
        Assert.Equal(4095, (path + "/tool").Length);
        Assert.Equal((0, $"found {path}/tool\n", ""), Run(path, "tool"));
    }

    [Theory]
    [InlineData("nosuch", 127, "executable file not found in $PATH")]
    [InlineData("", 127, "executable file not found in $PATH")]
    [InlineData("/no/such", 127, "no such file or directory")]
    [InlineData("./nosuch", 127, "no such file or directory")]
    [InlineData("./broken", 127, "no such file or directory")]
    [InlineData("./here/tool", 127, "not a directory")]
    [InlineData("tool", 126, "permission denied")]
    [InlineData("./plain/tool", 126, "permission denied")]
    [InlineData("./folder", 126, "permission denied")]
    [InlineData("./format", 126, "exec format error")]
    [InlineData("format", 126, "exec format error")]
    public void What_cannot_be_executed_is_named(string command, int code, string reason) =>
        Assert.Equal((code, "", $"docker-init: exec: \"{command}\": {reason}\n"), Run("/no/such:plain:", command));

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        var name = new string('n', 5000);
        Assert.Equal((127, "", $"docker-init: exec: \"{name}\": executable file not found in $PATH\n"), Run("good", name));
        Assert.Equal((126, "", $"docker-init: exec: \"/{name}\": cannot be executed\n"), Run("good", "/" + name));
    }

    (int Code, string Output, string Error) Run(string path, string command) =>
        init.Run(["/usr/bin/env", "PATH=" + path, init.File, "--", command]);

    public void Dispose() => init.Dispose();
}
