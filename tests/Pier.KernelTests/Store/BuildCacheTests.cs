using Pier.Store.Builds;

namespace Pier.KernelTests.Store;

/// <summary>What builds keep beside layers: directories that go with their records, and not while a build uses them.</summary>
public sealed class BuildCacheTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();

    public void Dispose() => _test.Dispose();

    BuildStore Builds => _test.Store.Builds;

    BuildCacheRecord Download(string key)
    {
        File.WriteAllText(Path.Combine(Builds.NewTree(out var tree), "file"), key);
        var record = new BuildCacheRecord
        {
            Id = "r" + tree,
            Keys = [key],
            Identity = key,
            Description = "download",
            Tree = tree,
            CreatedAt = DateTimeOffset.UtcNow,
            Size = Builds.TreeUsage(tree).Bytes,
        };
        Builds.Cache.Put(record);
        return record;
    }

    [Fact]
    public void A_records_directory_goes_with_it()
    {
        var record = Download("a");
        Assert.True(Builds.SizeOf(record) >= 4096);
        Assert.True(Builds.Cache.Remove(record.Id));
        Assert.False(Directory.Exists(Builds.Tree(record.Tree!)));
        Assert.False(Builds.Cache.Remove(record.Id));
    }

    [Fact]
    public void What_a_build_uses_is_not_removed()
    {
        var record = Download("a");
        using (Builds.Cache.Hold(record.Id))
        {
            using (Builds.Cache.Hold(record.Id))
                Assert.True(Builds.Cache.IsHeld(record.Id));
            Assert.False(Builds.Cache.Remove(record.Id));
        }
        Assert.False(Builds.Cache.IsHeld(record.Id));
        Assert.True(Builds.Cache.Remove(record.Id));
    }

    [Fact]
    public void What_is_replaced_stays_until_its_last_reader_has_ended()
    {
        var before = Download("a");
        using (Builds.Cache.Hold(before.Id))
        {
            var after = Download("a");
            Assert.Equal(after.Id, Builds.Cache.Find("a")!.Id);
            Assert.Equal("a", File.ReadAllText(Path.Combine(Builds.Tree(before.Tree!), "file")));
        }
        Assert.False(Directory.Exists(Builds.Tree(before.Tree!)));
    }

    [Fact]
    public void Cache_mounts_are_records_that_count_their_uses_and_are_measured_as_they_grow()
    {
        Builds.CreateCacheMount("m", "cached mount /c", 0x1ED, (0, 0), null, "/");
        var record = Assert.Single(Builds.Cache.All);
        Assert.Equal(("m", "exec.cachemount", 0), (record.Id, record.Type, record.UsageCount));
        var empty = Builds.SizeOf(record);
        using (Builds.Cache.Hold("m"))
        {
            Builds.Cache.Used("m", DateTimeOffset.UtcNow);
            File.WriteAllBytes(Path.Combine(_test.Store.Layout.BuildCache("m"), "grown"), new byte[100_000]);
        }
        record = Assert.Single(Builds.Cache.All);
        Assert.Equal(1, record.UsageCount);
        Assert.True(Builds.SizeOf(record) >= empty + 100_000);
        Assert.True(Builds.Cache.Remove("m"));
        Assert.False(Builds.HasCacheMount("m"));
    }

    [Fact]
    public void Records_and_directories_that_have_lost_each_other_go_at_the_next_start()
    {
        var kept = Download("kept");
        Builds.CreateCacheMount("m", "cached mount /c", 0x1ED, (0, 0), null, "/");
        var lost = Download("lost");
        Directory.Delete(Builds.Tree(lost.Tree!), recursive: true);
        Directory.CreateDirectory(_test.Store.Layout.BuildCache("stray"));
        Builds.NewTree(out var sent);
        _test.Reopen();
        Assert.Equal(new[] { kept.Id, "m" }.Order(), Builds.Cache.All.Select(r => r.Id).Order());
        Assert.False(Builds.HasCacheMount("stray"));
        Assert.True(Builds.HasCacheMount("m"));
        Assert.False(Directory.Exists(Builds.Tree(sent)));
    }
}
