using Pier.Cli;
using Pier.Cli.Builds.Sessions;
using Pier.Model.Builds;

namespace Pier.UnitTests.Cli.Builds;

public sealed class SharedDirectoryTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("shared-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Only_what_is_wanted_and_not_excluded_is_told_parents_first()
    {
        foreach (var file in (string[])["a/b/c", "a/b/d", "a/e", "f", "g/h"])
            Write(file);
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "f");
        Assert.Equal(["a", "a/b", "a/b/c", "a/b/d", "a/e", "f", "g", "g/h", "link"], Paths([], []));
        Assert.Equal(["a", "a/e", "f", "g", "g/h", "link"], Paths(["a/b"], []));
        Assert.Equal(["a", "a/b", "a/b/d", "f", "link"], Paths(["a", "!a/b/d", "g"], []).Where(p => p is not "a/b/c"));
        Assert.Equal(["a", "a/b", "a/b/c", "a/b/d"], Paths([], ["a/b"]));
        Assert.Equal(["g", "g/h"], Paths(["a"], ["g/h", "a/e", "missing"]));
        // What a link leads to is not looked for: all is sent.
        Assert.Contains("f", Paths([], ["link"]));
    }

    [Fact]
    public void An_output_stays_in_its_directory()
    {
        var outside = Directory.CreateTempSubdirectory("outside-").FullName;
        try
        {
            var output = new OutputDirectory(_root);
            foreach (var path in (string[])["../x", "/x", "a/../../x", "", "a//b", "missing/x"])
                Assert.Throws<CliFailure>(() => output.Offer(Entry(path, 0x81A4)));
            Assert.False(output.Offer(Entry("link", 0xA1FF) with { LinkTarget = outside }));
            Assert.Throws<CliFailure>(() => output.OpenContent(Entry("link/x", 0x81A4)));
            Assert.True(output.Offer(Entry("link", 0x81A4)));
            using (var content = output.OpenContent(Entry("link", 0x81A4)))
                content.Write("text"u8);
            Assert.Equal("text", File.ReadAllText(Path.Combine(_root, "link")));
            Assert.Empty(Directory.GetFileSystemEntries(outside));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    static FileEntry Entry(string path, uint mode) => new() { Path = path, Mode = mode };

    string[] Paths(string[] excludes, string[] follow) => [.. new SharedDirectory(_root, excludes, follow).Entries.Select(e => e.Path)];

    void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
        File.WriteAllText(Path.Combine(_root, path), path);
    }
}
