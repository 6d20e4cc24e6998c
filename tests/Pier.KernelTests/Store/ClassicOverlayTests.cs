using Pier.Linux.Files;
using Pier.Linux.Mounts;

namespace Pier.KernelTests.Store;

/// <summary>The way to mount many layers on old kernels, tried on whatever kernel runs.</summary>
public sealed class ClassicOverlayTests : IDisposable
{
    readonly string _root = TestStore.NewDirectory();

    [Fact]
    public void Many_layers_mount_and_nothing_shows()
    {
        var lower = Enumerable
            .Range(0, 150)
            .Select(i => Directory.CreateDirectory($"{_root}/layer-with-a-long-name-{i}").FullName)
            .ToArray();
        File.WriteAllText(lower[0] + "/top", "0");
        File.WriteAllText(lower[149] + "/bottom", "149");
        var overlay = new OverlayMount(
            lower,
            Directory.CreateDirectory(_root + "/upper").FullName,
            Directory.CreateDirectory(_root + "/work").FullName
        );
        using (var mount = ClassicOverlayMount.Create(overlay))
        {
            Assert.Equal("0", mount.Text("top"));
            Assert.Equal("149", mount.Text("bottom"));
            At.MakeDirectory(mount, "new", 0x1ED);
        }
        Assert.True(Directory.Exists(_root + "/upper/new"));
        Assert.DoesNotContain(_root, File.ReadAllText("/proc/self/mounts"));
        using var readOnly = ClassicOverlayMount.Create(overlay with { ReadOnly = true });
        Assert.Throws<Pier.Linux.LinuxException>(() => At.MakeDirectory(readOnly, "refused", 0x1ED));
    }

    [Fact]
    public void What_need_not_last_is_not_synced()
    {
        string New(string name) => Directory.CreateDirectory($"{_root}/{name}").FullName;
        var overlay = new OverlayMount([New("lower"), New("below")], New("upper"), New("work")) { Passing = true };
        using (var mount = ClassicOverlayMount.Create(overlay))
            At.MakeDirectory(mount, "new", 0x1ED);
        Assert.True(Directory.Exists(_root + "/upper/new"));
        // The mark that the kernel leaves of such a mount.
        Assert.True(File.Exists(_root + "/work/work/incompat/volatile/dirty"));
    }

    public void Dispose() => Shell.Run("rm -rf $1", _root);
}
