using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.KernelTests.Store;

/// <summary>What every snapshot driver must do: the same tests run on each.</summary>
public abstract class SnapshotSuite(string driver, string? disk = null)
{
    [Fact]
    public void Hello_world_becomes_a_root_file_system()
    {
        using var test = TestStore.Open(driver, disk);
        var image = test.Store.Images.EnsureHelloWorld();
        Assert.Equal(["hello-world:latest"], image.RepoTags);
        Assert.Equal(image.Id, test.Store.Images.EnsureHelloWorld().Id);
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        using var root = test.Store.Snapshots.Mount("c1");
        Assert.Contains("Hello from Pier!", root.Text("hello"));
        Assert.Equal(0x81EDu, FileStat.Of(root, "hello").Mode);
        Assert.Equal([".dockerenv", "dev", "etc", "hello", "proc", "sys"], root.Names(""));
        Assert.Equal(["console", "mqueue", "pts", "shm"], root.Names("dev"));
        Assert.Equal("/proc/mounts", At.ReadLink(root, "etc/mtab"));
    }

    [Fact]
    public void Layers_stack_and_whiteouts_hide()
    {
        using var test = TestStore.Open(driver, disk);
        var below = new TarBuilder()
            .Directory("d", 0x1C0)
            .File("d/old", "1")
            .File("d/gone", "2")
            .Directory("o")
            .File("o/hidden", "3")
            .File("f", "4")
            .Directory("r")
            .File("r/x")
            .Build();
        var above = new TarBuilder()
            .File("d/.wh.gone")
            .Directory("o")
            .File("o/.wh..wh..opq")
            .File("o/new", "5")
            .File(".wh.f")
            .File(".wh.r")
            .Directory("r")
            .File("r/y")
            .Build();
        var image = test.Store.Images.Load(new MemoryStream(Archives.DockerSave("stack:1", below, above))) is [var loaded]
            ? test.Store.Images.Resolve(loaded.Id.ToString())
            : null;
        test.Store.Snapshots.Prepare("c1", image!.ChainId);
        using var root = test.Store.Snapshots.Mount("c1");
        Assert.Equal(["old"], root.Names("d"));
        Assert.Equal(["new"], root.Names("o"));
        Assert.False(root.Has("f"));
        Assert.Equal(["y"], root.Names("r"));
        Assert.Equal(0x41C0u, FileStat.Of(root, "d").Mode);
    }

    [Fact]
    public void A_whiteout_does_not_hide_what_its_own_layer_made()
    {
        using var test = TestStore.Open(driver, disk);
        var below = new TarBuilder().Directory("d").File("d/old").File("f", "below").Build();
        var above = new TarBuilder()
            .Directory("d")
            .File("d/new")
            .File(".wh.d")
            .File("d/.wh..wh..opq")
            .File("f", "above")
            .File(".wh.f")
            .Build();
        test.Store.Images.Load(new MemoryStream(Archives.DockerSave("own:1", below, above)));
        test.Store.Snapshots.Prepare("c1", test.Store.Images.Resolve("own:1").ChainId);
        using var root = test.Store.Snapshots.Mount("c1");
        Assert.Equal(["new"], root.Names("d"));
        Assert.Equal("above", root.Text("f"));
    }

    [Fact]
    public void Containers_write_for_themselves()
    {
        using var test = TestStore.Open(driver, disk);
        var image = test.Store.Images.EnsureHelloWorld();
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        test.Store.Snapshots.Prepare("c2", image.ChainId);
        using (var one = test.Store.Snapshots.Mount("c1"))
        {
            At.MakeDirectory(one, "mine", 0x1ED);
            At.Unlink(one, "hello");
        }
        using var again = test.Store.Snapshots.Mount("c1");
        using var two = test.Store.Snapshots.Mount("c2");
        Assert.True(again.Has("mine"));
        Assert.False(again.Has("hello"));
        Assert.False(two.Has("mine"));
        Assert.True(two.Has("hello"));
        Assert.True(test.Store.Snapshots.Usage("c1").Inodes >= 2);
    }

    [Fact]
    public void A_read_only_mount_refuses_writes()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", test.Store.Images.EnsureHelloWorld().ChainId);
        using var root = test.Store.Snapshots.Mount("c1", readOnly: true);
        Assert.Equal(Errno.EROFS, Assert.Throws<LinuxException>(() => At.MakeDirectory(root, "x", 0x1ED)).Errno);
    }

    [Fact]
    public void Mounts_follow_one_another()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", test.Store.Images.EnsureHelloWorld().ChainId);
        for (var i = 0; i < 8; i++)
        {
            var root = test.Store.Snapshots.Mount("c1", passing: i % 3 == 0);
            for (var before = 0; before < i; before++)
                Assert.True(root.Has($"d{before}"));
            At.MakeDirectory(root, $"d{i}", 0x1ED);
            if (i % 2 == 0)
                test.Store.Snapshots.Unmount("c1", root);
            else
                root.Dispose();
        }
        using (var readOnly = test.Store.Snapshots.Mount("c1", readOnly: true))
            Assert.True(readOnly.Has("d7"));
        using var last = test.Store.Snapshots.Mount("c1");
        Assert.True(last.Has("d7"));
    }

    [Fact]
    public void A_container_over_no_layers_is_empty_but_for_mount_points()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", null);
        using var root = test.Store.Snapshots.Mount("c1");
        Assert.Equal([".dockerenv", "dev", "etc", "proc", "sys"], root.Names(""));
    }

    [Fact]
    public void Removal_keeps_the_layers_that_others_use()
    {
        using var test = TestStore.Open(driver, disk);
        var image = test.Store.Images.EnsureHelloWorld();
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        Assert.True(test.Store.Snapshots.Remove("c1"));
        Assert.False(test.Store.Snapshots.Remove("c1"));
        Assert.Empty(test.Store.Snapshots.Containers());
        Assert.Throws<NotFoundException>(() => test.Store.Snapshots.Mount("c1"));
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        test.Store.Images.Remove("hello-world", force: true, prune: true, _ => [new ImageUser("c1", false)]);
        using (var root = test.Store.Snapshots.Mount("c1"))
            Assert.True(root.Has("hello"));
        test.Store.Snapshots.Remove("c1");
        Assert.Empty(test.Leftovers());
    }

    [Fact]
    public void A_snapshot_cannot_be_prepared_twice()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", null);
        Assert.Throws<ConflictException>(() => test.Store.Snapshots.Prepare("c1", null));
        Assert.Throws<NotFoundException>(() => test.Store.Snapshots.Prepare("c2", Digest.Of("none"u8)));
        Assert.Throws<InvalidParameterException>(() => test.Store.Snapshots.Prepare("../c2", null));
    }

    [Fact]
    public void Everything_is_there_after_a_restart()
    {
        using var test = TestStore.Open(driver, disk);
        var image = test.Store.Images.EnsureHelloWorld();
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        test.Reopen(driver);
        Assert.Equal(image.Id, test.Store.Images.Resolve("hello-world").Id);
        Assert.Equal(["c1"], test.Store.Snapshots.Containers());
        using var root = test.Store.Snapshots.Mount("c1");
        Assert.True(root.Has("hello"));
    }

    [Fact]
    public void A_layer_that_a_crash_of_the_machine_may_have_damaged_is_unpacked_anew()
    {
        using var test = TestStore.Open(driver, disk);
        var image = test.Store.Images.EnsureHelloWorld();
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        var layer = test.Store.Layout.Layer(driver, image.ChainId!.Value);
        test.Store.Dispose();
        File.WriteAllText(layer + "/diff/hello", "");
        var record = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(layer + "/layer.json"))!;
        record["UnsyncedBoot"] = "another boot";
        File.WriteAllText(layer + "/layer.json", record.ToJsonString());
        test.Reopen(driver);
        test.Store.Snapshots.Prepare("c2", image.ChainId);
        using var two = test.Store.Snapshots.Mount("c2");
        Assert.Contains("Hello from Pier!", two.Text("hello"));
        using var one = test.Store.Snapshots.Mount("c1");
        Assert.True(one.Has("hello"));
    }

    [Fact]
    public void A_layer_is_synced_soon()
    {
        using var test = TestStore.Open(driver, disk);
        var record = test.Store.Layout.Layer(driver, test.Store.Images.EnsureHelloWorld().ChainId!.Value) + "/layer.json";
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(record).Contains("\"UnsyncedBoot\":null"), TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Metadata_survives_unpacking()
    {
        using var test = TestStore.Open(driver, disk);
        var capability = new byte[] { 1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
        var tar = new TarBuilder()
            .File("suid", "x", mode: 0x9ED, uid: 7)
            .File(
                "capable",
                "x",
                mode: 0x1ED,
                xattrs: new Dictionary<string, byte[]>
                {
                    ["security.capability"] = capability,
                    ["trusted.overlay.opaque"] = "y"u8.ToArray(),
                }
            )
            .HardLink("also", "capable")
            .Symlink("link", "capable")
            .Directory("dir")
            .File("dir/x")
            .Add(
                new Pier.Store.Tar.TarEntry
                {
                    Name = "null",
                    Kind = Pier.Store.Tar.TarKind.CharDevice,
                    DeviceMajor = 1,
                    DeviceMinor = 3,
                    Mode = 0x1B6,
                }
            )
            .Add(
                new Pier.Store.Tar.TarEntry
                {
                    Name = "pipe",
                    Kind = Pier.Store.Tar.TarKind.Fifo,
                    Mode = 0x1A4,
                }
            )
            .Build();
        var image = test.Store.Images.Import(new MemoryStream(tar), new ImportOptions());
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        using var root = test.Store.Snapshots.Mount("c1");
        var suid = FileStat.Of(root, "suid");
        Assert.Equal((0x89EDu, 7u, 7u, new FileTime(1000, 0)), (suid.Mode, suid.Uid, suid.Gid, suid.Modify));
        Assert.Equal(capability, Xattrs.Get(root, "capable", "security.capability"));
        Assert.Null(Xattrs.Get(root, "capable", "trusted.overlay.opaque"));
        Assert.Equal(FileStat.Of(root, "capable").Inode, FileStat.Of(root, "also").Inode);
        Assert.Equal("capable", At.ReadLink(root, "link"));
        Assert.Equal(new FileTime(2000, 0), FileStat.Of(root, "dir").Modify);
        Assert.Equal((1u, 3u), (FileStat.Of(root, "null").RdevMajor, FileStat.Of(root, "null").RdevMinor));
        Assert.Equal(ModeBits.Fifo, FileStat.Of(root, "pipe").Type);
    }

    [Fact]
    public void More_than_a_hundred_layers_mount()
    {
        using var test = TestStore.Open(driver, disk);
        var layers = Enumerable.Range(0, 120).Select(i => new TarBuilder().File($"f{i}", $"{i}").File("top", $"{i}").Build()).ToArray();
        test.Store.Images.Load(new MemoryStream(Archives.DockerSave("deep:1", layers)));
        test.Store.Snapshots.Prepare("c1", test.Store.Images.Resolve("deep:1").ChainId);
        using var root = test.Store.Snapshots.Mount("c1");
        Assert.Equal("119", root.Text("top"));
        Assert.Equal("0", root.Text("f0"));
    }
}

public sealed class OverlaySnapshotTests() : SnapshotSuite("overlay");

public sealed class VfsSnapshotTests() : SnapshotSuite("vfs");

public sealed class BtrfsSnapshotTests(BtrfsDisk disk) : SnapshotSuite("btrfs", disk.Directory), IClassFixture<BtrfsDisk>
{
    [Fact]
    public void Subvolumes_go_with_their_containers_and_images()
    {
        using var test = TestStore.Open("btrfs", disk.Directory);
        test.Store.Images.Load(
            new MemoryStream(
                Archives.DockerSave(
                    "stack:1",
                    new TarBuilder().Directory("d").File("d/f", "1").Build(),
                    new TarBuilder().File("d/.wh.f").Build()
                )
            )
        );
        test.Store.Snapshots.Prepare("c1", test.Store.Images.Resolve("stack:1").ChainId);
        Assert.Contains(
            "snapshots/btrfs/containers/c1/root",
            Shell.Text("btrfs subvolume list $1", disk.Directory),
            StringComparison.Ordinal
        );
        test.Store.Snapshots.Remove("c1");
        test.Store.Images.Remove("stack:1", force: true, prune: true, _ => []);
        Assert.Empty(test.Leftovers());
        Assert.DoesNotContain(
            "layers/",
            Shell
                .Text("btrfs subvolume list $1 | grep " + Path.GetFileName(test.Root), disk.Directory)
                .Replace("layers/scratch", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_file_system_is_refused() =>
        Assert.Contains(
            "wrong filesystem",
            Assert.Throws<Pier.Model.UnsupportedException>(() => TestStore.Open("btrfs")).Message,
            StringComparison.Ordinal
        );
}
