using System.Diagnostics;
using System.IO.Compression;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Images;
using Pier.Store.Tar;

namespace Pier.KernelTests.Store;

/// <summary>Layers that attack the host (attack cases 23 to 27, 61): refused with nothing left, or harmless.</summary>
public sealed class UnpackAttackTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();
    readonly string _host = TestStore.NewDirectory();

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("../../../../../../../../tmp/evil")]
    public void Names_that_climb_out_are_refused(string name) =>
        Refused(new TarBuilder().File("first").File(name).Build(), $"\"{name}\" is outside of \"/\"");

    [Fact]
    public void An_absolute_name_stays_inside()
    {
        var inside = _host.TrimStart('/') + "/evil";
        using var root = Mounted(new TarBuilder().File("/" + inside, "x").Build());
        Assert.Equal("x", root.Text(inside));
        Assert.Empty(Directory.GetFileSystemEntries(_host));
    }

    [Fact]
    public void Writing_through_a_link_ends_inside_the_layer()
    {
        var up = string.Concat(Enumerable.Repeat("../", 40));
        using var root = Mounted(
            new TarBuilder()
                .Directory(_host)
                .Symlink("absolute", _host)
                .File("absolute/one", "1")
                .Symlink("relative", up + _host.TrimStart('/'))
                .File("relative/two", "2")
                .Build()
        );
        Assert.Empty(Directory.GetFileSystemEntries(_host));
        Assert.Equal("1", root.Text(_host + "/one"));
        Assert.Equal("2", root.Text(_host + "/two"));
    }

    [Fact]
    public void Writing_through_a_link_to_nowhere_is_refused() =>
        Refused(new TarBuilder().Symlink("out", _host).File("out/evil").Build(), "failed to unpack \"out/evil\"");

    [Fact]
    public void An_entry_replaces_a_link_and_does_not_follow_it()
    {
        var victim = Path.Combine(_host, "victim");
        File.WriteAllText(victim, "host");
        using var root = Mounted(
            new TarBuilder().Symlink("f", victim).File("f", "layer").Symlink("d", _host).Directory("d").File("d/x").Build()
        );
        Assert.Equal("host", File.ReadAllText(victim));
        Assert.Equal("layer", root.Text("f"));
        Assert.Equal(["x"], root.Names("d"));
        Assert.Equal(["victim"], Directory.GetFileSystemEntries(_host).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../../../../../../../../../etc/passwd", "invalid hardlink")]
    [InlineData("", "invalid hardlink")]
    [InlineData("/etc/passwd", "failed to unpack \"stolen\"")]
    public void Hard_links_out_are_refused(string target, string error) =>
        Refused(new TarBuilder().HardLink("stolen", target).Build(), error);

    [Fact]
    public void A_hard_link_through_a_link_finds_only_the_layer() =>
        Refused(new TarBuilder().Symlink("etc", "/etc").HardLink("stolen", "etc/passwd").Build(), "failed to unpack \"stolen\"");

    [Theory]
    [InlineData(".wh...")]
    [InlineData("d/.wh...")]
    [InlineData(".wh..")]
    [InlineData(".wh.")]
    public void Whiteouts_that_escape_are_refused(string name) =>
        Refused(new TarBuilder().Directory("d").File(name).Build(), "invalid whiteout");

    [Fact]
    public void A_whiteout_through_a_link_hides_nothing_of_the_host()
    {
        File.WriteAllText(Path.Combine(_host, "kept"), "");
        using var root = Mounted(
            new TarBuilder().Directory(_host).Symlink("out", _host).File("out/.wh.kept").File("out/.wh..wh..opq").Build()
        );
        Assert.Equal(["kept"], Directory.GetFileSystemEntries(_host).Select(Path.GetFileName));
    }

    [Fact]
    public void Overlay_marks_of_a_layer_are_dropped()
    {
        var below = new TarBuilder().Directory("d").File("d/seen").Build();
        var marks = new Dictionary<string, byte[]>
        {
            ["trusted.overlay.opaque"] = "y"u8.ToArray(),
            ["trusted.overlay.redirect"] = "/etc"u8.ToArray(),
            ["user.kept"] = "1"u8.ToArray(),
        };
        _test.Store.Images.Load(
            new MemoryStream(Archives.DockerSave("marks:1", below, new TarBuilder().Directory("d", xattrs: marks).Build()))
        );
        _test.Store.Snapshots.Prepare("c1", _test.Store.Images.Resolve("marks:1").ChainId);
        using var root = _test.Store.Snapshots.Mount("c1");
        Assert.Equal(["seen"], root.Names("d"));
        Assert.Equal("1"u8.ToArray(), Xattrs.Get(root, "d", "user.kept"));
    }

    [Fact]
    public void Names_that_differ_by_case_or_are_no_utf8_stay_apart()
    {
        using var root = Mounted(new TarBuilder().File("Name", "1").File("name", "2").File("caf\uDCE9", "3").Build());
        Assert.Equal("1", root.Text("Name"));
        Assert.Equal("2", root.Text("name"));
        Assert.Equal("3", root.Text("caf\uDCE9"));
    }

    [Fact]
    public void Deep_directories_unpack_and_go_away()
    {
        using (var root = Mounted(new TarBuilder().File(string.Concat(Enumerable.Repeat("d/", 1500)) + "f", "deep").Build()))
            Assert.Equal("deep", root.Text(string.Concat(Enumerable.Repeat("d/", 1500)) + "f"));
        _test.Store.Snapshots.Remove("c1");
        _test.Store.Images.Remove(_test.Store.Images.List().Single().Id.ToString(), true, true, _ => []);
        Assert.Empty(_test.Leftovers());
    }

    [Fact]
    public void A_path_longer_than_the_kernel_takes_is_an_error() =>
        Refused(new TarBuilder().File(string.Concat(Enumerable.Repeat("d/", 3000)) + "f").Build(), "file name too long");

    [Fact]
    public void A_sparse_bomb_takes_no_space_or_is_an_error()
    {
        using var root = Mounted(Run("cd $1 && truncate -s 1T hole && tar --format=posix -S -cf - hole"));
        Assert.Equal(1L << 40, FileStat.Of(root, "hole").Size);
        Assert.True(FileStat.Of(root, "hole").AllocatedBytes < 1 << 20);
    }

    [Theory]
    [InlineData("--format=gnu")]
    [InlineData("--format=posix --sparse-version=0.0")]
    [InlineData("--format=posix --sparse-version=0.1")]
    [InlineData("--format=posix --sparse-version=1.0")]
    public void Every_sparse_form_of_gnu_tar_is_read(string form)
    {
        var tar = Run(
            $"cd $1 && truncate -s 10M s && for i in 0 1 2 3 4 5 6 7 8 9; do printf part$i | dd of=s bs=1 seek=$((i*1000000)) conv=notrunc status=none; done && echo after > t && tar {form} -S -cf - s t"
        );
        using var root = Mounted(tar);
        var text = root.Text("s");
        Assert.Equal(10 << 20, text.Length);
        Assert.Equal("part9", text.Substring(9_000_000, 5));
        Assert.Equal("after\n", root.Text("t"));
    }

    [Theory]
    [InlineData(700, "unexpected EOF")]
    [InlineData(100, "unexpected EOF")]
    public void A_truncated_tar_is_an_error(int length, string error) =>
        Refused(new TarBuilder().File("f", new string('x', 2000)).Build()[..length], error);

    [Fact]
    public void A_truncated_gzip_is_an_error()
    {
        var whole = Gzip(new TarBuilder().Bytes("f", System.Security.Cryptography.RandomNumberGenerator.GetBytes(100_000)).Build());
        Refused(whole[..(whole.Length / 2)], "unexpected EOF");
    }

    [Fact]
    public void Garbage_is_an_error() => Refused(System.Security.Cryptography.RandomNumberGenerator.GetBytes(5000), "invalid tar header");

    [Fact]
    public void A_decompression_bomb_fills_a_small_disk_and_leaves_nothing()
    {
        var disk = TestStore.NewDirectory();
        Run($"mount -t tmpfs -o size=16m tmpfs {disk}");
        try
        {
            using var store = Pier.Store.StoreRoot.Open(Path.Combine(disk, "root"), "overlay");
            var bomb = Gzip(new TarBuilder().Bytes("zeros", new byte[100 << 20]).Build());
            Assert.True(bomb.Length < 1 << 20);
            Assert.Contains(
                "no space left on device",
                Assert.Throws<HostFailureException>(() => store.Images.Import(new MemoryStream(bomb), new ImportOptions())).Message
            );
            store.DrainTrash();
            Assert.Empty(store.Images.List());
            Assert.True(FileSystem.Of(disk).AvailableBytes > 15 << 20);
            store.Images.EnsureHelloWorld();
        }
        finally
        {
            Run($"umount {disk}");
            Directory.Delete(disk);
        }
    }

    void Refused(byte[] tar, string error)
    {
        var thrown = Assert.Throws<InvalidParameterException>(() => _test.Store.Images.Import(new MemoryStream(tar), new ImportOptions()));
        Assert.Contains(error, thrown.Message);
        Assert.Empty(_test.Store.Images.List());
        Assert.Empty(_test.Leftovers());
    }

    Microsoft.Win32.SafeHandles.SafeFileHandle Mounted(byte[] tar)
    {
        _test.Store.Snapshots.Prepare("c1", _test.Store.Images.Import(new MemoryStream(tar), new ImportOptions()).ChainId);
        return _test.Store.Snapshots.Mount("c1");
    }

    static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    byte[] Run(string script) => Shell.Run(script, _host);

    public void Dispose()
    {
        _test.Dispose();
        Directory.Delete(_host, recursive: true);
    }
}
