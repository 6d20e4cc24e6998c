using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Volumes;

namespace Pier.KernelTests.Store;

/// <summary>Directories of volumes: what is put in comes out, and nothing that is put in leads out (attack cases 10, 31).</summary>
public sealed class VolumeStoreTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();
    readonly string _host = TestStore.NewDirectory();

    VolumeStore Volumes => _test.Store.Volumes;

    VolumeTree Tree(string name) => Volumes.Tree(Volumes.Data(name));

    string New(string name)
    {
        Volumes.Create(name);
        return Volumes.Data(name);
    }

    [Fact]
    public void An_archive_restores_what_was_exported()
    {
        var data = New("one");
        Shell.Run(
            "cd $1; mkdir -m 2750 d; echo text > d/f; ln d/f hard; ln -s d/f soft; mkfifo pipe; echo x > .wh.f; touch -d @5.5 d; chown 5:6 d/f",
            data
        );
        using var tar = new MemoryStream();
        Tree("one").Export(tar, CancellationToken.None);
        tar.Position = 0;
        var copy = New("two");
        Tree("two").Import(tar);
        const string list = "cd $1; find . -printf '%p %m %U:%G %n %T@ %l %y\\n' | sort";
        Assert.Equal(Shell.Run(list, data), Shell.Run(list, copy));
        Assert.Equal("text\n", File.ReadAllText(copy + "/hard"));
    }

    [Fact]
    public void An_archive_cannot_write_outside_its_volume()
    {
        New("one");
        var climbing = new TarBuilder().File("../evil").Build();
        Assert.Throws<InvalidParameterException>(() => Tree("one").Import(new MemoryStream(climbing)));
        var linked = new TarBuilder().Symlink("out", _host).File("out/evil").Build();
        Assert.Throws<InvalidParameterException>(() => Tree("one").Import(new MemoryStream(linked)));
        Assert.Empty(Directory.GetFileSystemEntries(_host));
    }

    [Fact]
    public void Copy_up_follows_no_link_out_of_the_image()
    {
        New("one");
        File.WriteAllText(_host + "/secret", "host");
        var image = TestStore.NewDirectory();
        try
        {
            File.CreateSymbolicLink(image + "/data", _host);
            using var root = At.Open(At.WorkingDirectory, image, OpenFlags.Directory);
            Assert.False(Tree("one").CopyUp(root, "/data"));
            Assert.Empty(Directory.GetFileSystemEntries(Volumes.Data("one")));
        }
        finally
        {
            Directory.Delete(image, recursive: true);
        }
    }

    [Fact]
    public void Copy_up_leaves_a_volume_alone_that_holds_something()
    {
        File.WriteAllText(New("one") + "/mine", "");
        using var root = At.Open(At.WorkingDirectory, "/", OpenFlags.Directory);
        Assert.False(Tree("one").CopyUp(root, "/etc"));
        Assert.Equal(["mine"], Directory.GetFileSystemEntries(Volumes.Data("one")).Select(Path.GetFileName));
    }

    [Fact]
    public void Removing_a_volume_leaves_what_was_bound_over_it()
    {
        File.WriteAllText(_host + "/precious", "");
        New("one");
        Volumes.Attach(
            "one",
            new Dictionary<string, string>
            {
                ["type"] = "none",
                ["device"] = _host,
                ["o"] = "bind",
            }
        );
        Assert.True(Volumes.IsAttached("one"));
        Assert.True(File.Exists(Volumes.Data("one") + "/precious"));
        Assert.True(Volumes.Remove("one"));
        _test.Store.DrainTrash();
        Assert.True(File.Exists(_host + "/precious"));
        Assert.False(Volumes.IsAttached("one"));
    }

    [Theory]
    [InlineData("../up")]
    [InlineData(".")]
    [InlineData("a/b")]
    public void A_name_leads_nowhere_else(string name) => Assert.Throws<InvalidParameterException>(() => Volumes.Create(name));

    public void Dispose()
    {
        foreach (var name in Volumes.Names())
            Volumes.Detach(name);
        _test.Dispose();
        Directory.Delete(_host, recursive: true);
    }
}
