using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Images;
using Pier.Store.Trees;

namespace Pier.KernelTests.Store;

/// <summary>
/// What a container changed, and how it becomes a layer, an archive and another container's files: the same on each driver.
/// </summary>
public abstract class FilesSuite(string driver, string? disk = null)
{
    static readonly byte[] Capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    static byte[] Base =>
        new TarBuilder()
            .Directory("bin")
            .File("bin/tool", "tool", 0x1ED)
            .Directory("etc")
            .File("etc/conf", "conf")
            .File("etc/other", "other")
            .Directory("dir")
            .File("dir/a")
            .File("dir/b")
            .Directory("dir/sub")
            .File("dir/sub/c")
            .Directory("gone")
            .File("gone/x")
            .Symlink("link", "etc/conf")
            .Directory("kind")
            .File("kind/x")
            .File("file", "file")
            .Build();

    static Image Load(TestStore test)
    {
        test.Store.Images.Load(new MemoryStream(Archives.DockerSave("base:1", Base)));
        return test.Store.Images.Resolve("base:1");
    }

    // Work that needs a path: the detached mount is reached through our own descriptor.
    static void Do(TestStore test, string container, string script)
    {
        using var root = test.Store.Snapshots.Mount(container);
        Shell.Run("cd $1; " + script, $"/proc/{Environment.ProcessId}/fd/{root.DangerousGetHandle()}/.");
    }

    static string[] Changes(TestStore test, string container) =>
        [
            .. test
                .Store.Snapshots.Changes(container)
                .Select(c => $"{(c.Kind switch { ChangeKind.Added => 'A', ChangeKind.Deleted => 'D', _ => 'C' })} {c.Path}"),
        ];

    static byte[] Export(TestStore test, string container)
    {
        using var tree = new RootTree(test.Store.Snapshots.View(container));
        var tar = new MemoryStream();
        tree.Export(tar, CancellationToken.None);
        return tar.ToArray();
    }

    // Without the mount points that the engine makes anew for every image.
    static string[] Described(byte[] archive)
    {
        var rows = new List<string>();
        var tar = new Pier.Store.Tar.TarReader(new MemoryStream(archive));
        while (tar.Next() is { } e)
        {
            if (
                e.Name is ".dockerenv" or "dev/" or "proc/" or "sys/" or "etc/" or "etc/mtab"
                || e.Name.StartsWith("dev/")
                || e.Name.StartsWith("etc/host")
                || e.Name == "etc/resolv.conf"
            )
                continue;
            var (hash, buffer) = (
                System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256),
                new byte[64 << 10]
            );
            for (int read; (read = tar.Read(buffer)) > 0; )
                hash.AppendData(buffer, 0, read);
            var xattrs = string.Join(
                ',',
                (e.Xattrs ?? new Dictionary<string, byte[]>()).OrderBy(x => x.Key).Select(x => $"{x.Key}={Convert.ToHexString(x.Value)}")
            );
            rows.Add($"{e with { Xattrs = null }} {xattrs} {Convert.ToHexString(hash.GetHashAndReset())}");
        }
        return [.. rows];
    }

    const string Everything = """
        echo new > etc/new; chown 1000:1001 etc/new; chmod 4750 etc/new; ln etc/new etc/hard; ln -s ../etc/new bin/soft
        mknod dev0 c 1 5; mknod block b 7 9; mkfifo pipe; mkdir -m 1777 sticky; touch -d '2001-02-03 04:05:06.123456789' etc/other
        truncate -s 3M sparse; printf middle | dd of=sparse bs=1 seek=1500000 conv=notrunc status=none
        rm etc/conf; rm -r gone; rm -r dir; mkdir dir; echo z > dir/z; rm -r kind; echo now > kind; rm file; mkdir file; echo in > file/in
        printf 'caf\351' > "$(printf 'caf\351')"; mkdir -p deep/er; touch deep/er/f
        """;

    static void Fill(TestStore test, string container)
    {
        Do(test, container, Everything);
        using var root = test.Store.Snapshots.Mount(container);
        Xattrs.Set(root, "bin/tool", "security.capability", Capability);
        Xattrs.Set(root, "sticky", "trusted.mine", [0, 255, 10]);
    }

    [Fact]
    public void Changes_are_what_docker_lists()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", Load(test).ChainId);
        Assert.Empty(Changes(test, "c1"));
        Fill(test, "c1");
        Assert.Equal(
            [
                "C /bin",
                "A /bin/soft",
                "C /bin/tool",
                "A /block",
                "A /caf\uDCE9",
                "A /deep",
                "A /deep/er",
                "A /deep/er/f",
                "A /dev0",
                "C /dir",
                "D /dir/a",
                "D /dir/b",
                "D /dir/sub",
                "A /dir/z",
                "C /etc",
                "D /etc/conf",
                "A /etc/hard",
                "A /etc/new",
                "C /etc/other",
                "C /file",
                "A /file/in",
                "D /gone",
                "C /kind",
                "A /pipe",
                "A /sparse",
                "A /sticky",
            ],
            Changes(test, "c1")
        );
    }

    [Fact]
    public void What_is_changed_back_or_only_touched_below_counts_by_its_metadata()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", Load(test).ChainId);
        Do(test, "c1", "chmod 0700 dir; touch dir/sub/c; rm dir/a; touch -d @1000 dir/a; chown 5 etc");
        Assert.Equal(["C /dir", "C /dir/sub", "C /dir/sub/c", "C /etc"], Changes(test, "c1"));
    }

    [Fact]
    public void A_commit_gives_the_same_files_with_all_that_belongs_to_them()
    {
        using var test = TestStore.Open(driver, disk);
        var image = Load(test);
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        Fill(test, "c1");
        var committed = test.Store.Images.Commit(
            image.Id,
            "c1",
            new CommitOptions
            {
                Config = new ContainerConfig(),
                Name = ImageReference.Parse("made:1"),
                Author = "me",
                Comment = "why",
                CreatedBy = "sh",
            }
        );
        Assert.Equal(["made:1"], committed.RepoTags);
        Assert.Equal(
            ("me", "why", "sh"),
            (committed.Config.Author, committed.Config.History![^1].Comment, committed.Config.History[^1].CreatedBy)
        );
        test.Store.Snapshots.Prepare("c2", committed.ChainId);
        Assert.Equal(Described(Export(test, "c1")), Described(Export(test, "c2")));
        Assert.Empty(Changes(test, "c2"));
        using var root = test.Store.Snapshots.Mount("c2");
        var made = FileStat.Of(root, "etc/new");
        Assert.Equal((0x89E8u, 1000u, 1001u, 2u), (made.Mode, made.Uid, made.Gid, made.Links));
        Assert.Equal(123456789u, FileStat.Of(root, "etc/other").Modify.Nanoseconds);
        Assert.Equal(Capability, Xattrs.Get(root, "bin/tool", "security.capability"));
        Assert.Equal([0, 255, 10], Xattrs.Get(root, "sticky", "trusted.mine")!);
        Assert.Equal(["z"], root.Names("dir"));
        Assert.Equal((7u, 9u), (FileStat.Of(root, "block").RdevMajor, FileStat.Of(root, "block").RdevMinor));
    }

    [Fact]
    public void The_same_changes_make_the_same_layer_and_none_make_none()
    {
        using var test = TestStore.Open(driver, disk);
        var image = Load(test);
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        var options = new CommitOptions { Config = new ContainerConfig() };
        var empty = test.Store.Images.Commit(image.Id, "c1", options);
        Assert.Equal(image.ChainId, empty.ChainId);
        Assert.True(empty.Config.History![^1].EmptyLayer);
        Fill(test, "c1");
        var first = test.Store.Images.Commit(image.Id, "c1", options);
        var second = test.Store.Images.Commit(image.Id, "c1", options);
        Assert.Equal(first.Manifest.Layers.Select(l => l.Digest), second.Manifest.Layers.Select(l => l.Digest));
        Assert.Equal(2, first.Manifest.Layers.Length);
    }

    [Fact]
    public void What_is_copied_out_can_be_copied_in()
    {
        using var test = TestStore.Open(driver, disk);
        var image = Load(test);
        test.Store.Snapshots.Prepare("c1", image.ChainId);
        test.Store.Snapshots.Prepare("c2", image.ChainId);
        Fill(test, "c1");
        var tar = new MemoryStream();
        using (var from = new RootTree(test.Store.Snapshots.View("c1")))
            from.CopyOut("/etc/.", tar, CancellationToken.None);
        tar.Position = 0;
        using (var to = new RootTree(test.Store.Snapshots.Mount("c2")))
            to.CopyIn("/dir/sub", tar, new CopyInOptions(KeepKinds: true), CancellationToken.None);
        using var root = test.Store.Snapshots.Mount("c2");
        Assert.Equal(["c", "hard", "hostname", "hosts", "mtab", "new", "other", "resolv.conf"], root.Names("dir/sub"));
        var made = FileStat.Of(root, "dir/sub/new");
        Assert.Equal((0x89E8u, 1000u, 1001u, 2u), (made.Mode, made.Uid, made.Gid, made.Links));
        Assert.Equal(123456789u, FileStat.Of(root, "dir/sub/other").Modify.Nanoseconds);
    }

    [Fact]
    public void A_link_is_described_and_not_followed_unless_the_path_says_so()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", Load(test).ChainId);
        Do(test, "c1", "ln -s ../../../dir bin/up; ln -s /bin/up again; ln -s /no/where bad; ln -s loop loop");
        using var tree = new RootTree(test.Store.Snapshots.View("c1"));
        Assert.Equal("/dir", tree.Stat("/again").LinkTarget);
        Assert.Equal("/no/where", tree.Stat("bad").LinkTarget);
        Assert.True(tree.Stat("/again/").IsDirectory);
        Assert.Equal(".", tree.Stat("/again/.").Name);
        Assert.Throws<NotFoundException>(() => tree.Stat("/bad/"));
        Assert.Throws<InvalidParameterException>(() => tree.Stat("/loop"));
        Assert.Throws<InvalidParameterException>(() => tree.Stat("/etc/conf/x"));
        Assert.Throws<NotFoundException>(() => tree.Stat("/nope"));
        Assert.Equal("/etc/conf", tree.Stat("/../../link").LinkTarget);
    }

    [Fact]
    public void Kinds_are_kept_if_asked_and_replaced_if_not()
    {
        using var test = TestStore.Open(driver, disk);
        test.Store.Snapshots.Prepare("c1", Load(test).ChainId);
        using var tree = new RootTree(test.Store.Snapshots.Mount("c1"));
        MemoryStream Tar() => new(new TarBuilder().File("dir", "file now").Build());
        var refused = Assert.Throws<InvalidParameterException>(() =>
            tree.CopyIn("/", Tar(), new CopyInOptions(KeepKinds: true), CancellationToken.None)
        );
        Assert.Equal("cannot overwrite directory \"/dir\" with non-directory \"/dir\"", refused.Message);
        var other = Assert.Throws<InvalidParameterException>(() =>
            tree.CopyIn(
                "/",
                new MemoryStream(new TarBuilder().Directory("file").Build()),
                new CopyInOptions(KeepKinds: true),
                CancellationToken.None
            )
        );
        Assert.Equal("cannot overwrite non-directory \"/file\" with directory \"/file\"", other.Message);
        tree.CopyIn("/", Tar(), new CopyInOptions(KeepKinds: false, Owner: (7, 8)), CancellationToken.None);
        using var root = test.Store.Snapshots.Mount("c1");
        Assert.Equal("file now", root.Text("dir"));
        Assert.Equal((7u, 8u), (FileStat.Of(root, "dir").Uid, FileStat.Of(root, "dir").Gid));
        Assert.Throws<InvalidParameterException>(() => tree.CopyIn("/file", Tar(), new CopyInOptions(true), CancellationToken.None));
    }
}

public sealed class OverlayFilesTests() : FilesSuite("overlay")
{
    [Fact]
    public void The_layer_of_an_opaque_directory_says_so()
    {
        using var test = TestStore.Open("overlay");
        test.Store.Images.Load(
            new MemoryStream(Archives.DockerSave("base:1", new TarBuilder().Directory("d").File("d/old").File("f").Build()))
        );
        test.Store.Snapshots.Prepare("c1", test.Store.Images.Resolve("base:1").ChainId);
        using (var root = test.Store.Snapshots.Mount("c1"))
            Shell.Run(
                "cd $1; rm -r d f; mkdir d; touch d/new; echo > .wh.bin",
                $"/proc/{Environment.ProcessId}/fd/{root.DangerousGetHandle()}/."
            );
        var layer = new MemoryStream();
        test.Store.Snapshots.WriteLayer("c1", layer, CancellationToken.None);
        layer.Position = 0;
        var names = new List<string>();
        for (var tar = new Pier.Store.Tar.TarReader(layer); tar.Next() is { } entry; )
            names.Add(entry.Name);
        Assert.Equal(["d/", "d/.wh..wh..opq", ".wh.f", "d/new"], names);
    }
}

public sealed class VfsFilesTests() : FilesSuite("vfs");

public sealed class BtrfsFilesTests(BtrfsDisk disk) : FilesSuite("btrfs", disk.Directory), IClassFixture<BtrfsDisk>;
