using System.Text;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Builds;
using Pier.Store.Contexts;

namespace Pier.KernelTests.Store;

/// <summary>Copies of clients' directories: what travels, what stays, and what hostile clients can do.</summary>
public sealed class ContextTests : IDisposable
{
    const uint Regular = 0x81A4,
        Executable = 0x81ED,
        Directory = 0x41ED,
        Symlink = 0xA1FF,
        Fifo = 0x11B6,
        Device = 0x21B6,
        Socket = 0xC1ED;

    readonly TestStore _test = TestStore.Open();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_tree_arrives_with_its_modes_times_and_links()
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        Assert.Equal(
            ["dir/run", "plain"],
            Update(
                tree,
                Dir("dir"),
                File("dir/run", "#!", mode: Executable),
                Link("dir/up", "../plain"),
                File("plain", "text"),
                Entry("pipe", Fifo),
                Entry("null", Device) with
                {
                    DeviceMajor = 1,
                    DeviceMinor = 3,
                }
            )
        );
        Assert.Equal(
            """
            dir 755 directory
            dir/run 755 regular file
            dir/up 777 symbolic link
            null 666 character special file
            pipe 666 fifo
            plain 644 regular file
            """,
            Shell.Text("cd $1 && find . -mindepth 1 -printf '%P\n' | sort | while read f; do stat -c '%n %a %F' $f; done", tree.Path).Trim()
        );
        Assert.Equal("text", System.IO.File.ReadAllText(tree.Path + "/plain"));
        Assert.Equal("1,3", Shell.Text("stat -c '%t,%T' $1/null", tree.Path).Trim());
        Assert.Equal("1000000000.000000007", Shell.Text("stat -c %.9Y $1/plain", tree.Path).Trim());
        Assert.Equal("1000000000.000000000", Shell.Text("stat -c %.9Y $1/dir", tree.Path).Trim());
    }

    [Fact]
    public void Only_what_changed_is_wanted_again()
    {
        FileEntry[] before = [Dir("d"), File("d/a", "one"), File("d/b", "two"), File("c", "three")];
        using (var tree = _test.Store.Contexts.Take("key", "local source"))
            Assert.Equal(3, Update(tree, before).Count);
        using (var tree = _test.Store.Contexts.Take("key", "local source"))
        {
            Assert.Empty(Update(tree, before));
            Assert.Equal(
                ["d/b"],
                Update(tree, before[0], before[1], File("d/b", "2") with { ModifiedAt = 5 }, before[3] with { Mode = Executable })
            );
            Assert.Equal("2", System.IO.File.ReadAllText(tree.Path + "/d/b"));
            Assert.Equal("755", Shell.Text("stat -c %a $1/c", tree.Path).Trim());
        }
    }

    [Fact]
    public void What_the_client_no_longer_has_goes_whatever_it_is()
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        Update(
            tree,
            Dir("d"),
            Dir("d/e"),
            File("d/e/f", "x"),
            Dir("gone"),
            File("gone/x", "y"),
            File("turns", "z"),
            Dir("turned"),
            File("turned/in", "v")
        );
        Update(tree, Dir("d"), File("turned", "file"), Dir("turns"), File("turns/inside", "now"));
        Assert.Equal("d\nturned\nturns\nturns/inside\n", Shell.Text("cd $1 && find . -mindepth 1 -printf '%P\n' | sort", tree.Path));
    }

    [Fact]
    public void Hard_links_are_made_and_unmade()
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        Assert.Equal(["a"], Update(tree, File("a", "x"), HardLink("b", "a")));
        Assert.Equal("2", Shell.Text("stat -c %h $1/b", tree.Path).Trim());
        Assert.Empty(Update(tree, File("a", "x"), HardLink("b", "a")));
        Assert.Equal(["a"], Update(tree, File("a", "changed") with { ModifiedAt = 9 }, HardLink("b", "a")));
        Assert.Equal("changed", System.IO.File.ReadAllText(tree.Path + "/b"));
        Update(tree, File("a", "changed") with { ModifiedAt = 9 }, File("b", "own"));
        Assert.Equal(("changed", "own"), (System.IO.File.ReadAllText(tree.Path + "/a"), System.IO.File.ReadAllText(tree.Path + "/b")));
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a//b")]
    [InlineData("nul\0")]
    public void Paths_that_are_none_are_refused(string path)
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        Assert.Throws<InvalidParameterException>(() => Update(tree, Dir("a"), File(path, "x")));
    }

    [Fact]
    public void Entries_need_their_parents_and_come_once()
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        Assert.Throws<InvalidParameterException>(() => Update(tree, File("no/parent", "x")));
        Assert.Throws<InvalidParameterException>(() => Update(tree, Dir("d"), File("e", "x"), File("d/late", "x")));
        Assert.Throws<InvalidParameterException>(() => Update(tree, File("twice", "x"), File("twice", "y")));
        Assert.Throws<InvalidParameterException>(() => Update(tree, File("file", "x"), File("file/below", "y")));
    }

    [Fact]
    public void Nothing_is_written_through_a_symlink()
    {
        var outside = TestStore.NewDirectory();
        try
        {
            System.IO.File.WriteAllText(outside + "/victim", "safe");
            using var tree = _test.Store.Contexts.Take("key", "local source");
            // A link where a directory and files were: neither their names nor their content may follow it.
            Update(tree, Link("d", outside), Link("f", outside + "/victim"));
            Assert.Throws<InvalidParameterException>(() => Update(tree, Link("d", outside), File("d/victim", "owned")));
            Update(tree, Dir("d"), File("d/victim", "mine"), File("f", "mine"));
            Assert.Throws<InvalidParameterException>(() => Update(tree, Link("d", outside), HardLink("stolen", "d/victim")));
            Assert.Equal("safe", System.IO.File.ReadAllText(outside + "/victim"));
            Assert.Single(System.IO.Directory.GetFileSystemEntries(outside));
        }
        finally
        {
            System.IO.Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void A_directory_that_becomes_a_link_while_content_is_on_its_way_keeps_it_inside()
    {
        var outside = TestStore.NewDirectory();
        try
        {
            using var tree = _test.Store.Contexts.Take("key", "local source");
            using var update = tree.BeginUpdate();
            update.Offer(Dir("d"));
            var entry = File("d/f", "x");
            Assert.True(update.Offer(entry));
            System.IO.Directory.Delete(tree.Path + "/d");
            System.IO.File.CreateSymbolicLink(tree.Path + "/d", outside);
            var content = update.OpenContent(entry);
            Assert.Throws<InvalidParameterException>(content.Dispose);
            Assert.Empty(System.IO.Directory.GetFileSystemEntries(outside));
        }
        finally
        {
            System.IO.Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void Marks_of_overlayfs_are_not_taken_from_clients_and_capabilities_are()
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        var capability = Convert.FromHexString("0100000200040000000000000000000000000000");
        Update(
            tree,
            File("f", "x") with
            {
                Attributes = new Dictionary<string, ReadOnlyMemory<byte>>
                {
                    ["trusted.overlay.opaque"] = "y"u8.ToArray(),
                    ["security.capability"] = capability,
                    ["user.note"] = "n"u8.ToArray(),
                },
            }
        );
        using var directory = At.Open(At.WorkingDirectory, tree.Path, OpenFlags.Directory);
        Assert.Equal(["security.capability", "user.note"], Xattrs.List(directory, "f").Order());
    }

    [Fact]
    public void Sockets_are_left_out()
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        Update(tree, Entry("s", Socket), File("f", "x"));
        Assert.Equal("f", Assert.Single(System.IO.Directory.GetFileSystemEntries(tree.Path).Select(Path.GetFileName)));
    }

    [Fact]
    public void Two_builds_of_one_directory_have_a_copy_each_and_prune_takes_what_is_free()
    {
        using var one = _test.Store.Contexts.Take("key", "local source");
        var two = _test.Store.Contexts.Take("key", "local source");
        Assert.NotEqual(one.Path, two.Path);
        Update(one, File("f", "x"));
        two.Dispose();
        using (var other = _test.Store.Contexts.Take("other", "local source"))
            Update(other, File("big", new string('x', 100_000)));
        var cache = _test.Store.Builds.Cache;
        var records = cache.All.OrderBy(r => r.CreatedAt).ToArray();
        Assert.All(records, r => Assert.Equal(("source.local", "local source"), (r.Type, r.Description)));
        Assert.Equal([2, 1], records.Select(r => r.UsageCount));
        Assert.True(_test.Store.Builds.SizeOf(records[1]) >= 100_000);
        Assert.Equal([false, true], records.Select(r => cache.Remove(r.Id)));
        Assert.Empty(System.IO.Directory.GetDirectories(_test.Store.Layout.BuildContexts, records[1].Id, SearchOption.AllDirectories));
        Assert.True(System.IO.File.Exists(one.Path + "/f"));
    }

    [Fact]
    public void Copies_outlive_the_daemon_but_not_the_boot()
    {
        FileEntry[] entries = [File("f", "x")];
        using (var tree = _test.Store.Contexts.Take("key", "local source"))
            Update(tree, entries);
        _test.Reopen();
        using (var tree = _test.Store.Contexts.Take("key", "local source"))
            Assert.Empty(Update(tree, entries));
        var earlier = Path.Combine(_test.Store.Layout.BuildContexts, "an-earlier-boot");
        System.IO.Directory.CreateDirectory(earlier);
        _test.Reopen();
        Assert.False(System.IO.Directory.Exists(earlier));
    }

    [Fact]
    public void What_is_known_of_content_outlives_the_daemon_and_is_trusted_while_the_file_is_the_same()
    {
        FileEntry[] entries = [File("f", "content")];
        Digest truth;
        string file;
        using (var tree = _test.Store.Contexts.Take("key", "local source"))
        {
            Update(tree, entries);
            truth = Hash(tree);
            file = Path.Combine(Path.GetDirectoryName(tree.Path)!, "hashes");
            // A table that lies shows who believes it.
            using var directory = At.Open(At.WorkingDirectory, tree.Path, OpenFlags.Directory);
            var stat = FileStat.Find(directory, "f")!.Value;
            var lie = new KnownFile(stat.Size, stat.Modify, stat.Change, new byte[32]);
            System.IO.File.WriteAllBytes(file, KnownFiles.Write([new(stat.Identity, lie)]));
        }
        var written = System.IO.File.ReadAllBytes(file);
        _test.Reopen();
        Assert.NotEqual(truth, HashAgain(entries));
        // Another time is another file, as far as anybody knows; the content is what it was.
        Assert.Equal(truth, HashAgain([entries[0] with { ModifiedAt = 7 }]));

        foreach (
            var torn in (byte[][])
                [
                    written[..^1],
                    written[..20],
                    [],
                    [.. written[..60], (byte)(written[60] ^ 1), .. written[61..]],
                    [.. "pier-hashes-0"u8, .. written[13..]],
                ]
        )
        {
            System.IO.File.WriteAllBytes(file, torn);
            _test.Reopen();
            Assert.Equal(truth, HashAgain([entries[0] with { ModifiedAt = 7 }]));
        }
    }

    [Fact]
    public void What_a_crash_leaves_of_a_table_goes_with_the_next_update()
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        var half = Path.Combine(Path.GetDirectoryName(tree.Path)!, "incoming", "hashes");
        System.IO.File.WriteAllText(half, "half");
        Update(tree, File("f", "x"));
        Assert.False(System.IO.File.Exists(half));
    }

    Digest HashAgain(FileEntry[] entries)
    {
        using var tree = _test.Store.Contexts.Take("key", "local source");
        Update(tree, entries);
        return Hash(tree);
    }

    Digest Hash(ContextTree copy)
    {
        using var tree = _test.Store.Contexts.OpenDirectory(copy.Path);
        return _test.Store.Builds.Hash(tree, [("/", "/")], null, owners: false, default);
    }

    /// <summary>Plays a client; the answer is what was wanted.</summary>
    static List<string> Update(ContextTree tree, params FileEntry[] entries)
    {
        using var update = tree.BeginUpdate();
        var wanted = new List<FileEntry>();
        foreach (var entry in entries)
            if (update.Offer(entry))
                wanted.Add(entry);
        foreach (var entry in wanted)
        {
            using var content = update.OpenContent(entry);
            content.Write(((TextEntry)entry).Text.Span);
        }
        update.Complete();
        return [.. wanted.Select(e => e.Path)];
    }

    /// <summary>A file and what is in it.</summary>
    sealed record TextEntry(ReadOnlyMemory<byte> Text) : FileEntry;

    static FileEntry Entry(string path, uint mode) =>
        new()
        {
            Path = path,
            Mode = mode,
            ModifiedAt = 1_000_000_000_000_000_007,
        };

    static FileEntry File(string path, string text, uint mode = Regular) =>
        new TextEntry(Encoding.UTF8.GetBytes(text))
        {
            Path = path,
            Mode = mode,
            ModifiedAt = 1_000_000_000_000_000_007,
            Size = text.Length,
        };

    static FileEntry Dir(string path) => Entry(path, Directory) with { ModifiedAt = 1_000_000_000_000_000_000 };

    static FileEntry Link(string path, string target) => Entry(path, Symlink) with { LinkTarget = target };

    static FileEntry HardLink(string path, string target) => Entry(path, Regular) with { LinkTarget = target };
}
