using Pier.Model;
using Pier.Store.Images;

namespace Pier.KernelTests.Store;

/// <summary>
/// Volumes and containers that hold no more than they may, on btrfs. Project quotas are tested where a kernel has them: tests/guest.
/// </summary>
public sealed class QuotaTests(BtrfsDisk disk) : IClassFixture<BtrfsDisk>
{
    const long Limit = 8 << 20;

    [Fact]
    public void A_volume_is_full_at_its_size_and_others_are_not()
    {
        using var test = TestStore.Open("overlay", disk.Directory);
        var volumes = test.Store.Volumes;
        Assert.True(volumes.HasQuotas);
        volumes.Create("small", Limit);
        volumes.Create("other", Limit);
        volumes.Create("free");
        AssertFull(volumes.Data("small"));
        Shell.Run("head -c 4M /dev/urandom > $1/f && sync -f $1", volumes.Data("other"));
        Shell.Run("head -c 20M /dev/urandom > $1/f && sync -f $1", volumes.Data("free"));
        // What is deleted can be written again; a new limit takes the place of the old one.
        Shell.Run("rm $1/f && sync -f $1 && head -c 4M /dev/urandom > $1/f && sync -f $1", volumes.Data("small"));
        volumes.Create("small", 3 * Limit);
        Shell.Run("head -c 10M /dev/urandom > $1/g && sync -f $1", volumes.Data("small"));
        Assert.True(volumes.Remove("small"));
        test.Store.DrainTrash();
        Assert.False(Directory.Exists(volumes.Data("small")));
        volumes.Create("small", Limit);
        AssertFull(volumes.Data("small"));
    }

    [Theory]
    [InlineData("overlay")]
    [InlineData("btrfs")]
    [InlineData("vfs")]
    public void A_container_is_full_at_its_size_and_others_are_not(string driver)
    {
        using var test = TestStore.Open(driver, disk.Directory);
        var image = test.Store.Images.Import(
            new MemoryStream(new TarBuilder().File("base", new string('x', 1 << 20)).Build()),
            new ImportOptions()
        );
        Assert.True(test.Store.Snapshots.HasQuotas);
        test.Store.Snapshots.Prepare("c1", image.ChainId, Limit);
        test.Store.Snapshots.Prepare("c2", image.ChainId);
        using (var root = test.Store.Snapshots.Mount("c1"))
            AssertFull($"/proc/{Environment.ProcessId}/fd/{root.DangerousGetHandle()}");
        using (var root = test.Store.Snapshots.Mount("c2"))
            Shell.Run("head -c 20M /dev/urandom > $1/f && sync -f $1", $"/proc/{Environment.ProcessId}/fd/{root.DangerousGetHandle()}");
        test.Store.Snapshots.Remove("c1");
        test.Store.Snapshots.Remove("c2");
        test.Store.DrainTrash();
        Assert.Empty(test.Store.Snapshots.Containers());
    }

    [Fact]
    public void A_file_system_without_quotas_says_so()
    {
        using var test = TestStore.Open("vfs", "/dev/shm");
        Assert.False(test.Store.Volumes.HasQuotas);
        Assert.Equal(
            "quota size requested but no quota support",
            Assert.Throws<UnsupportedException>(() => test.Store.Volumes.Create("small", Limit)).Message
        );
        Assert.Throws<UnsupportedException>(() => test.Store.Snapshots.Prepare("c1", null, Limit));
        Assert.Empty(test.Store.Snapshots.Containers());
    }

    [Fact]
    public void Subvolumes_that_a_container_made_go_with_it()
    {
        using var test = TestStore.Open("btrfs", disk.Directory);
        test.Store.Snapshots.Prepare("c1", null);
        // Some hundred, some deep, one read-only with another inside, and a name that is no text.
        Shell.Run(
            """
            cd $1 && mkdir -p a/b && btrfs -q subvolume create a/b/one && btrfs -q subvolume create a/b/one/two && btrfs -q subvolume create a/b/one/two/three && \
            touch a/b/one/two/three/f && btrfs -q property set a/b/one/two ro true && btrfs -q subvolume create "a/$(printf '\377x')" && mkdir many && \
            for i in $(seq 260); do echo many/$i; done | xargs -n 1 btrfs -q subvolume create
            """,
            test.Store.Snapshots.WritableDirectory("c1")
        );
        test.Store.Snapshots.Remove("c1");
        test.Store.DrainTrash();
        var name = Path.GetFileName(test.Root);
        Assert.Equal("", Shell.Text("btrfs subvolume list $1 | grep -e /trash/ -e containers/ | grep $2 || true", disk.Directory, name));
    }

    // Random bytes: a file system that compresses would have the last word.
    static void AssertFull(string directory)
    {
        var text = Shell.Text("(head -c 20M /dev/urandom > $1/f && sync -f $1) 2>&1 || true; du -sm $1/f | cut -f1", directory);
        Assert.Contains("isk quota exceeded", text, StringComparison.Ordinal);
        Assert.InRange(long.Parse(text.Trim().Split('\n')[^1], System.Globalization.CultureInfo.InvariantCulture), 1, Limit >> 20);
    }
}
