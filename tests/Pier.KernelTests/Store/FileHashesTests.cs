using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Builds;

namespace Pier.KernelTests.Store;

/// <summary>What is known of files is kept, believed while they are the same, and bounded.</summary>
public sealed class FileHashesTests : IDisposable
{
    readonly string _directory = TestStore.NewDirectory();
    readonly Clock _clock = new();

    public FileHashesTests()
    {
        File.WriteAllText(In("one"), "one");
        File.WriteAllText(In("other"), "other");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_that_is_known_is_not_read_again()
    {
        Keep();
        var stat = Stat("one");
        // The handle is another file's: its content shows whether anybody looked.
        Assert.Equal(Sum("one"), Open().Hash(Held("other"), stat));
        Assert.All(
            (FileStat[])
                [
                    stat with
                    {
                        Size = 4,
                    },
                    stat with
                    {
                        Modify = new FileTime(stat.Modify.Seconds, stat.Modify.Nanoseconds ^ 1),
                    },
                    stat with
                    {
                        Change = new FileTime(stat.Change.Seconds + 1, stat.Change.Nanoseconds),
                    },
                    stat with
                    {
                        Inode = stat.Inode + 1_000_000,
                    },
                    stat with
                    {
                        DeviceMinor = stat.DeviceMinor + 1,
                    },
                ],
            changed => Assert.Equal(Sum("other"), Open().Hash(Held("other"), changed))
        );
    }

    [Fact]
    public void What_changed_a_moment_ago_is_not_kept()
    {
        _clock.Ahead = TimeSpan.Zero;
        Keep();
        Assert.False(File.Exists(In("table")));
        Assert.Equal(Sum("other"), Open().Hash(Held("other"), Stat("one")));
    }

    [Fact]
    public void A_table_is_written_for_something_new_alone()
    {
        Keep();
        File.SetLastWriteTimeUtc(In("table"), DateTime.UnixEpoch);
        Keep();
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(In("table")));
        Assert.False(File.Exists(In("temporary")));
    }

    [Fact]
    public void What_nobody_asks_for_goes_after_some_changes()
    {
        Keep();
        for (var round = 0; round < 7; round++)
            Change();
        Assert.Equal(Sum("one"), KnownFiles.Read(In("table"))[Stat("one").Identity].Hash);
        for (var round = 0; round < 2; round++)
            Change();
        Assert.DoesNotContain(Stat("one").Identity, KnownFiles.Read(In("table")).Keys);

        void Change()
        {
            File.SetLastWriteTimeUtc(In("other"), File.GetLastWriteTimeUtc(In("other")).AddSeconds(1));
            var hashes = Open();
            hashes.Hash(Held("other"), Stat("other"));
            hashes.Save(In("temporary"));
        }
    }

    [Fact]
    public void A_table_has_bounds()
    {
        var known = new KnownFile(1, default, default, new byte[32]);
        var old = new KnownFile(1, default, default, new byte[32]) { Age = 3 };
        var table = Enumerable
            .Range(0, FileHashes.Limit + 5)
            .Select(i => KeyValuePair.Create((0u, 0u, (ulong)i), i < 5 ? old : known))
            .ToDictionary();
        File.WriteAllBytes(In("table"), KnownFiles.Write(table));
        var read = KnownFiles.Read(In("table"));
        Assert.Equal(FileHashes.Limit, read.Count);
        Assert.All(read.Keys, k => Assert.True(k.Item3 >= 5));
        // What is larger than any table is none.
        using (var file = File.OpenWrite(In("table")))
            file.SetLength(1L << 40);
        Assert.Empty(KnownFiles.Read(In("table")));
    }

    void Keep()
    {
        var hashes = Open();
        Assert.Equal(Sum("one"), hashes.Hash(Held("one"), Stat("one")));
        hashes.Save(In("temporary"));
    }

    FileHashes Open() => new(In("table"), _clock);

    string In(string name) => Path.Combine(_directory, name);

    SafeFileHandle Held(string name) => At.Open(At.WorkingDirectory, In(name), OpenFlags.Path | OpenFlags.NoFollow);

    FileStat Stat(string name) => FileStat.Find(At.WorkingDirectory, In(name))!.Value;

    static byte[] Sum(string text) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));

    // So far ahead that the files are old.
    sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; } = TimeSpan.FromMinutes(1);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + Ahead;
    }
}
