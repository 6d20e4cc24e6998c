using System.Formats.Tar;
using Pier.Cli;
using Pier.Cli.Containers.Copying;

namespace Pier.UnitTests.Cli.Copying;

/// <summary>A container's archive is unpacked by the client as whoever calls it: it must stay where it belongs.</summary>
public sealed class LocalTargetTests : IDisposable
{
    readonly string _base = Directory.CreateTempSubdirectory("pier-cp-").FullName;

    public void Dispose() => Directory.Delete(_base, recursive: true);

    string Target => Directory.CreateDirectory(Path.Combine(_base, "target")).FullName;

    void Unpack(params TarEntry[] entries)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        }
        stream.Position = 0;
        new LocalTarget(Target, new CopyPlan(Target, null, null)).Unpack(stream, null, null);
    }

    static PaxTarEntry File_(string name) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("x"u8.ToArray()), Mode = (UnixFileMode)0x1A0 };

    [Fact]
    public void Nothing_is_written_through_a_link_of_the_archive()
    {
        var link = new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = _base };
        Assert.Throws<CliFailure>(() => Unpack(link, File_("out/evil")));
        Assert.False(File.Exists(Path.Combine(_base, "evil")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    public void Names_that_climb_out_are_refused(string name)
    {
        Assert.Throws<CliFailure>(() => Unpack(File_(name)));
        Assert.False(File.Exists(Path.Combine(_base, "evil")));
    }

    [Fact]
    public void A_link_that_is_there_is_replaced_and_not_followed()
    {
        File.WriteAllText(Path.Combine(_base, "victim"), "kept");
        File.CreateSymbolicLink(Path.Combine(Target, "f"), Path.Combine(_base, "victim"));
        Unpack(File_("f"));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_base, "victim")));
        Assert.Equal("x", File.ReadAllText(Path.Combine(Target, "f")));
        Assert.Equal((UnixFileMode)0x1A0, File.GetUnixFileMode(Path.Combine(Target, "f")));
    }

    [Fact]
    public void Hard_links_are_made_and_stay_inside()
    {
        Unpack(File_("a"), new PaxTarEntry(TarEntryType.HardLink, "b") { LinkName = "a" });
        File.WriteAllText(Path.Combine(Target, "a"), "both");
        Assert.Equal("both", File.ReadAllText(Path.Combine(Target, "b")));
        File.WriteAllText(Path.Combine(_base, "victim"), "kept");
        Assert.Throws<CliFailure>(() => Unpack(new PaxTarEntry(TarEntryType.HardLink, "c") { LinkName = "../victim" }));
    }

    [Fact]
    public void Kinds_are_kept()
    {
        Directory.CreateDirectory(Path.Combine(Target, "d"));
        File.WriteAllText(Path.Combine(Target, "f"), "");
        Assert.Throws<CliFailure>(() => Unpack(File_("d")));
        Assert.Throws<CliFailure>(() => Unpack(new PaxTarEntry(TarEntryType.Directory, "f/")));
    }
}
