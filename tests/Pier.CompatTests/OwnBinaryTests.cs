using System.Formats.Tar;

namespace Pier.CompatTests;

/// <summary>
/// A container that is root and wants the engine's own binary (CVE-2019-5736): an entry point that leads to /proc/self/exe.
/// </summary>
public sealed class OwnBinaryTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    [Theory]
    [InlineData("script")]
    [InlineData("link")]
    public async Task An_image_whose_entry_point_is_the_engine_cannot_write_it(string kind)
    {
        var pier = new Client("pier", daemon);
        var before = (File.GetLastWriteTimeUtc(PierDaemon.Binary), new FileInfo(PierDaemon.Binary).Length);
        var archive = Path.Combine(daemon.Directory, $"evil-{kind}.tar");
        using (var tar = new TarWriter(File.Create(archive)))
        {
            if (kind == "link")
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "evil") { LinkName = "/proc/self/exe" });
            else
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, "evil")
                    {
                        DataStream = new MemoryStream("#!/proc/self/exe\n"u8.ToArray()),
                        Mode = (UnixFileMode)0b111_101_101,
                    }
                );
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "proc"));
        }
        Assert.Equal(0, (await pier.RunAsync("import", archive, $"evil-{kind}")).Code);
        // Whatever comes of it (the binary needs libraries that the image does not have), it is no success and the file stays.
        Assert.NotEqual(0, (await pier.RunAsync("run", "--rm", "--cap-add", "ALL", $"evil-{kind}", "/evil")).Code);

        // The same from the side: another process of the container tries to open the supervisor's file while an exec is on its way.
        await pier.RunAsync(
            "run",
            "-d",
            "--name",
            $"watch-{kind}",
            "--cap-add",
            "ALL",
            "busybox",
            "sh",
            "-c",
            "ln -s /proc/self/exe /tmp/evil; while :; do for p in /proc/[0-9]*; do [ $p != /proc/1 ] && echo overwritten 2>/dev/null > $p/exe; done; done 2>/dev/null"
        );
        for (var i = 0; i < 10; i++)
            await pier.RunAsync("exec", $"watch-{kind}", "/tmp/evil");
        await pier.RunAsync("rm", "-f", $"watch-{kind}");
        Assert.Equal(before, (File.GetLastWriteTimeUtc(PierDaemon.Binary), new FileInfo(PierDaemon.Binary).Length));
        Assert.Equal(0, (await pier.RunAsync("version")).Code);
    }
}
