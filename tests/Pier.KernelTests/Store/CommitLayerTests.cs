using Pier.Model;
using Pier.Store;
using Pier.Store.Images;

namespace Pier.KernelTests.Store;

/// <summary>The layer of a commit is unpacked when the image has its name already: nobody notices but by the clock.</summary>
public sealed class CommitLayerTests : IDisposable
{
    const int Files = 600;

    readonly string _root = TestStore.NewDirectory();

    static readonly CommitOptions Options = new() { Config = new ContainerConfig(), Name = ImageReference.Parse("made:1") };

    static Image Commit(StoreRoot store)
    {
        var tar = new TarBuilder();
        tar.File("base");
        var image = store.Images.Import(new MemoryStream(tar.Build()), new ImportOptions());
        store.Snapshots.Prepare("c1", image.ChainId);
        var writable = store.Snapshots.WritableDirectory("c1");
        for (var i = 0; i < Files; i++)
            File.WriteAllText(Path.Combine(writable, $"f{i}"), "12345");
        return store.Images.Commit(image.Id, "c1", Options);
    }

    static int Seen(StoreRoot store, string container)
    {
        using var root = store.Snapshots.Mount(container);
        return Directory.GetFiles($"/proc/self/fd/{root.DangerousGetHandle()}", "f*").Length;
    }

    [Fact]
    public void A_container_of_the_image_waits_for_it()
    {
        using var store = StoreRoot.Open(_root, "overlay");
        var made = Commit(store);
        Assert.Equal(Files * 5, made.Size - store.Images.List().Single(i => i.Id != made.Id).Size);
        store.Snapshots.Prepare("c2", made.ChainId);
        Assert.Equal(Files, Seen(store, "c2"));
        Assert.Equal(made.Size, store.Images.Resolve("made:1").Size);
    }

    [Fact]
    public void It_is_there_after_the_store_was_closed_at_once()
    {
        Digest chain;
        using (var store = StoreRoot.Open(_root, "overlay"))
            chain = Commit(store).ChainId!.Value;
        using var again = StoreRoot.Open(_root, "overlay");
        Assert.Empty(again.Warnings);
        again.Snapshots.Prepare("c2", chain);
        Assert.Equal(Files, Seen(again, "c2"));
    }

    [Fact]
    public void An_image_that_is_removed_meanwhile_leaves_nothing()
    {
        using (var store = StoreRoot.Open(_root, "overlay"))
        {
            Commit(store);
            store.Snapshots.Remove("c1");
            foreach (var image in store.Images.List())
                store.Images.Remove(image.Id.ToString(), force: true, prune: true, _ => []);
        }
        using var again = StoreRoot.Open(_root, "overlay");
        again.DrainTrash();
        Assert.Empty(Directory.GetFiles(again.Layout.Blobs, "*", SearchOption.AllDirectories));
        Assert.Equal(["scratch"], Directory.GetDirectories(again.Layout.SnapshotLayers("overlay")).Select(Path.GetFileName));
    }

    [Fact]
    public void What_hinders_it_is_told_to_each_who_needs_the_layer()
    {
        using var store = StoreRoot.Open(_root, "overlay", new UnpackLimits { Entries = Files / 2 });
        var made = Commit(store);
        for (var i = 0; i < 2; i++)
            Assert.Contains(
                "more than 300 entries",
                Assert.Throws<InvalidParameterException>(() => store.Snapshots.Prepare("c2", made.ChainId)).Message
            );
        store.Images.Remove("made:1", force: true, prune: true, _ => []);
        Assert.Null(store.Images.Find("made:1"));
    }

    public void Dispose() => Shell.Run("rm -rf $1", _root);
}
