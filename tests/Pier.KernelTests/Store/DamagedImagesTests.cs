using Pier.Model;
using Pier.Store;
using Pier.Store.Checking;
using Pier.Store.Images;

namespace Pier.KernelTests.Store;

/// <summary>A root whose images' documents a disk or a person has spoiled: it opens, says so, and loses nothing more.</summary>
public sealed class DamagedImagesTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();
    readonly Image _image;

    public DamagedImagesTests()
    {
        foreach (var name in (string[])["one:1", "two:2"])
            _test.Store.Images.Load(new MemoryStream(Archives.DockerSave(name, new TarBuilder().File("f", name).Build())));
        _image = _test.Store.Images.Resolve("one:1");
    }

    Layout Layout => _test.Store.Layout;

    IEnumerable<string> Names => _test.Store.Images.List().SelectMany(i => i.Tags).Select(t => t.Familiar).Order(StringComparer.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("{\"manifests\":[")]
    [InlineData("[]")]
    [InlineData(null)]
    public void The_list_before_stands_in_for_a_damaged_one(string? text)
    {
        _test.Store.Images.Tag(_image, ImageReference.Parse("last:1"));
        _test.Store.Dispose();
        if (text is null)
            File.Delete(Layout.ImageIndex);
        else
            File.WriteAllText(Layout.ImageIndex, text);
        _test.Reopen();
        Assert.Equal(["one:1", "two:2"], Names);
        var warning = Assert.Single(_test.Store.Warnings);
        Assert.StartsWith("the list of images could not be read (", warning);
        Assert.Equal(text is not null, File.Exists(Layout.ImageIndex + ".torn"));
        _test.Reopen();
        Assert.Empty(_test.Store.Warnings);
        Assert.Equal(["one:1", "two:2"], Names);
    }

    [Fact]
    public void Without_any_list_the_root_is_left_as_it_is()
    {
        _test.Store.Dispose();
        var blobs = Directory.GetFiles(Layout.Blobs, "*", SearchOption.AllDirectories).Length;
        File.Delete(Layout.ImageIndex);
        File.Delete(Layout.ImageIndexBefore);
        var refusal = Assert.Throws<HostFailureException>(() => StoreRoot.Open(_test.Root, "overlay"));
        Assert.StartsWith($"the list of images {Layout.ImageIndex} cannot be read, nor one from before: ", refusal.Message);
        Assert.Equal(blobs, Directory.GetFiles(Layout.Blobs, "*", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    public void An_image_whose_manifest_is_damaged_costs_no_other(string text)
    {
        _test.Store.Dispose();
        File.WriteAllText(Layout.Blob(_image.Target.Digest), text);
        _test.Reopen();
        Assert.Equal(["two:2"], Names);
        Assert.StartsWith("the image docker.io/library/one:1 cannot be read (", Assert.Single(_test.Store.Warnings));
        // Nobody knows what it needs: its layers and its configuration stay.
        _test.Store.Images.Remove("two:2", force: false, prune: true, _ => []);
        Assert.True(File.Exists(Layout.Blob(_image.Id)));
        Assert.True(_test.Store.Snapshots.Has(_image.ChainId!.Value));
        _test.Store.Dispose();
        using (var check = StoreCheck.Open(_test.Root))
            check.Repair(check.Verify());
        _test.Reopen();
        Assert.Empty(_test.Store.Warnings);
        _test.Store.DrainTrash();
        Assert.False(File.Exists(Layout.Blob(_image.Id)));
    }

    public void Dispose() => _test.Dispose();
}
