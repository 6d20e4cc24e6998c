using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Pier.Cli;
using Pier.Cli.Contexts;

namespace Pier.UnitTests.Cli.Contexts;

/// <summary>Archives of contexts: what is taken, and what is refused before anything is written.</summary>
public class ContextBundleTests
{
    const string Meta =
        """{"Name":"orig","Metadata":{"Description":"d","Z":[1]},"Endpoints":{"docker":{"Host":"tcp://h:1"},"kube":{"a":1}}}""";

    [Fact]
    public void What_is_written_is_read()
    {
        var bundle = new ContextBundle(
            ContextRecord.Parse(Encoding.UTF8.GetBytes(Meta)),
            [new TlsFile("docker", "ca.pem", [1, 2]), new TlsFile("docker", "key.pem", []), new TlsFile("kube", "ca.pem", [3])]
        );
        using var tar = new MemoryStream();
        bundle.WriteTar(tar);
        tar.Position = 0;
        var read = ContextBundle.Read(tar);
        Assert.Equal(Meta, Encoding.UTF8.GetString(read.Context.ToJson()));
        Assert.Equal(
            [("docker", "ca.pem", 2), ("docker", "key.pem", 0), ("kube", "ca.pem", 1)],
            read.Tls.Select(f => (f.Endpoint, f.Name, f.Content.Length))
        );
    }

    [Fact]
    public void A_tar_without_its_end_and_padding_is_whole()
    {
        var archive = Tar(("meta.json", Meta));
        var end = 512 + Encoding.UTF8.GetByteCount(Meta);
        Assert.Equal("tcp://h:1", Read(archive[..end]).Context.Host);
        Assert.Equal("unexpected EOF", Problem(archive[..(end - 1)]));
        Assert.Equal("unexpected EOF", Problem(archive[..100]));
    }

    [Theory]
    [InlineData("../meta.json", "../meta.json: unexpected context file")]
    [InlineData("./meta.json", "./meta.json: unexpected context file")]
    [InlineData("/tls/docker/ca.pem", "/tls/docker/ca.pem: unexpected context file")]
    [InlineData("other", "other: unexpected context file")]
    [InlineData("tls\\docker\\ca.pem", "tls\\docker\\ca.pem: unexpected context file")]
    [InlineData("tls/docker/a\\b", "tls/docker/a\\b: unexpected context file")]
    [InlineData("tls/../../evil", "tls/../../evil: unexpected path format")]
    [InlineData("tls/docker/..", "tls/docker/..: unexpected path format")]
    [InlineData("tls/./ca.pem", "tls/./ca.pem: unexpected path format")]
    [InlineData("tls//ca.pem", "tls//ca.pem: unexpected path format")]
    [InlineData("tls/docker/a\nb", "tls/docker/a\nb: unexpected path format")]
    [InlineData("tls/ca.pem", "archive format is invalid")]
    [InlineData("tls/docker/a/b", "archive format is invalid")]
    public void Names_that_lead_elsewhere_are_refused(string name, string problem)
    {
        Assert.Equal(problem, Problem(Tar(("meta.json", Meta), (name, "x"))));
        Assert.Equal(problem, Problem(Zip(("meta.json", Meta), (name, "x"))));
    }

    [Theory]
    [InlineData("[]", "invalid context: meta.json is not an object")]
    [InlineData("""{"Name":1}""", "invalid context: Name is not a string")]
    [InlineData("""{"Metadata":[]}""", "invalid context: Metadata is not an object")]
    [InlineData("""{"Metadata":{"Description":1}}""", "invalid context: Metadata.Description is not a string")]
    [InlineData("""{"Endpoints":{"docker":1}}""", "invalid context: endpoint docker is not an object")]
    [InlineData("""{"Endpoints":{"docker":{"Host":1}}}""", "invalid context: Endpoints.docker.Host is not a string")]
    [InlineData("""{"Endpoints":{"docker":{"SkipTLSVerify":"x"}}}""", "invalid context: Endpoints.docker.SkipTLSVerify is not a boolean")]
    public void Metadata_that_no_client_could_read_is_refused(string meta, string problem) =>
        Assert.Equal(problem, Problem(Tar(("meta.json", meta))));

    [Fact]
    public void Metadata_must_be_JSON_and_be_there()
    {
        Assert.StartsWith("invalid context: ", Problem(Tar(("meta.json", "{"))));
        Assert.StartsWith("invalid context: ", Problem(Tar(("meta.json", """{"Endpoints":{"a":{"x":1,"x":2}}}"""))));
        Assert.Equal("invalid context: no metadata found", Problem([]));
        Assert.Equal("invalid context: no metadata found", Problem(Tar(("tls/docker/ca.pem", "x"))));
        Assert.Equal("invalid context: no metadata found", Problem(Zip()));
        Assert.Equal("zip: not a valid zip file", Problem(Zip(("meta.json", Meta))[..^30]));
    }

    [Fact]
    public void Links_are_refused()
    {
        using var whole = new MemoryStream();
        using (var tar = new TarWriter(whole, TarEntryFormat.Ustar, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "tls/docker/ca.pem") { LinkName = "/etc/passwd" });
        Assert.Equal("tls/docker/ca.pem: unexpected context file", Problem(whole.ToArray()));
    }

    [Fact]
    public void An_archive_is_bounded_also_in_what_it_unpacks_to()
    {
        const string limit = "read exceeds the defined limit";
        Assert.Equal(limit, Problem(Tar(("meta.json", Meta), ("tls/docker/ca.pem", new string('x', 11 << 20)))));
        Assert.Equal(limit, Problem(Zip(("meta.json", Meta), ("tls/docker/ca.pem", new string('x', 11 << 20)))));
        var half = new string('x', 6 << 20);
        Assert.Equal(limit, Problem(Zip(("meta.json", Meta), ("tls/docker/a", half), ("tls/docker/b", half))));
    }

    [Fact]
    public void A_refused_archive_leaves_no_context()
    {
        var directory = Directory.CreateTempSubdirectory("pier-context-").FullName;
        try
        {
            var archive = Path.Combine(directory, "a.tar");
            File.WriteAllBytes(archive, Tar(("meta.json", Meta), ("tls/docker/ca.pem", "x"), ("tls/x", "y")));
            var run = CliRun.Of(
                null,
                new Dictionary<string, string> { ["DOCKER_CONFIG"] = directory },
                "",
                "context",
                "import",
                "new",
                archive
            );
            Assert.Equal((1, "archive format is invalid\n"), (run.Code, run.Error));
            Assert.False(Directory.Exists(Path.Combine(directory, "contexts")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    static ContextBundle Read(byte[] archive) => ContextBundle.Read(new MemoryStream(archive));

    static string Problem(byte[] archive) => Assert.Throws<CliFailure>(() => Read(archive)).Message;

    static byte[] Tar(params (string Name, string Content)[] files)
    {
        using var whole = new MemoryStream();
        using (var tar = new TarWriter(whole, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (var (name, content) in files)
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) }
                );
        return whole.ToArray();
    }

    static byte[] Zip(params (string Name, string Content)[] files)
    {
        using var whole = new MemoryStream();
        using (var zip = new ZipArchive(whole, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        return whole.ToArray();
    }
}
