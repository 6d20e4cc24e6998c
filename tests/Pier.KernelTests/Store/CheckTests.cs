using Pier.Model;
using Pier.Store;
using Pier.Store.Builds;
using Pier.Store.Checking;

namespace Pier.KernelTests.Store;

/// <summary>What is broken in a root is found, and what can be mended is mended.</summary>
public sealed class CheckTests : IDisposable
{
    readonly string _root = TestStore.NewDirectory();
    Digest _chain,
        _layer;

    public CheckTests()
    {
        using var store = Open();
        var below = new TarBuilder()
            .Directory("d")
            .File("d/f", "first")
            .File("d/f", "second")
            .HardLink("link", "d/f")
            .Symlink("s", "d/f")
            .Build();
        var above = new TarBuilder().File("d/.wh.f").File("g", "top").Build();
        store.Images.Load(new MemoryStream(Archives.DockerSave("app:1", below, above)));
        var image = store.Images.Resolve("app:1");
        (_chain, _layer) = (image.ChainId!.Value, image.Manifest.Layers[0].Digest);
        store.Snapshots.Prepare("c1", _chain);
        Directory.CreateDirectory(Path.Combine(store.Layout.Records("containers")));
        File.WriteAllText(Path.Combine(store.Layout.Records("containers"), "c1.json"), "{}");
        store.DrainTrash();
    }

    StoreRoot Open() => StoreRoot.Open(_root, "overlay");

    Layout Layout => new(_root);

    IReadOnlyList<Finding> Verify()
    {
        using var check = StoreCheck.Open(_root);
        return check.Verify();
    }

    void Repair()
    {
        using (var check = StoreCheck.Open(_root))
            check.Repair(check.Verify());
        using (var store = Open())
            store.DrainTrash();
        Assert.Empty(Verify());
    }

    [Fact]
    public void A_sound_root_has_no_findings() => Assert.Empty(Verify());

    [Fact]
    public void A_root_in_use_is_left_alone()
    {
        using var store = Open();
        Assert.Throws<ConflictException>(() => StoreCheck.Open(_root));
    }

    [Fact]
    public void A_damaged_file_of_a_layer_is_found_and_the_layer_unpacked_again()
    {
        var file = Path.Combine(Layout.Layer("overlay", _chain), "diff", "g");
        File.WriteAllText(file, "tip");
        var finding = Assert.Single(Verify());
        Assert.Contains("other content", finding.Problem, StringComparison.Ordinal);
        Repair();
        Assert.Equal("top", File.ReadAllText(file));
    }

    [Fact]
    public void A_layer_without_a_record_or_files_is_unpacked_again()
    {
        var directory = Layout.Layer("overlay", _chain);
        File.WriteAllText(Path.Combine(directory, "layer.json"), "{");
        Assert.Contains(Verify(), f => f.Problem.Contains("cannot be read", StringComparison.Ordinal));
        Repair();
        Assert.True(File.Exists(Path.Combine(directory, "diff", "g")));
    }

    [Fact]
    public void A_flipped_bit_in_a_blob_costs_the_image_and_nothing_else()
    {
        using (var store = Open())
            store.Images.Load(new MemoryStream(Archives.DockerSave("other:1", new TarBuilder().File("x").Build())));
        var blob = Layout.Blob(_layer);
        var bytes = File.ReadAllBytes(blob);
        bytes[^600] ^= 1;
        File.WriteAllBytes(blob, bytes);
        var findings = Verify();
        Assert.Contains(findings, f => f.Problem.StartsWith("its digest is", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Problem.Contains("app:1 is not whole", StringComparison.Ordinal));
        using (var check = StoreCheck.Open(_root))
            check.Repair(findings);
        using (var store = Open())
        {
            Assert.Equal(["other:1"], store.Images.List().SelectMany(i => i.RepoTags));
            // The container's layers are still there.
            store.Snapshots.Mount("c1").Dispose();
            store.DrainTrash();
        }
        Assert.Empty(Verify());
    }

    [Fact]
    public void The_builds_cache_is_needed_and_a_step_without_its_layer_is_forgotten()
    {
        var tar = new TarBuilder().File("made").Build();
        var digest = Digest.Of(tar);
        File.WriteAllBytes(Layout.Blob(digest), tar);
        var records = Directory.CreateDirectory(Layout.Records("build-cache")).FullName;
        void Put(string id, Digest blob) =>
            File.WriteAllText(
                Path.Combine(records, id + ".json"),
                $$"""{"Id":"{{id}}","Keys":["k{{id}}"],"Identity":"k{{id}}","Description":"","CreatedAt":"2024-01-01T00:00:00Z","Layers":[{"Blob":{"mediaType":"{{MediaTypes.OciLayerTar}}","digest":"{{blob}}","size":{{tar.Length}}},"DiffId":"{{blob}}"}]}"""
            );
        Put("a", digest);
        Assert.Empty(Verify());
        Put("b", Digest.Of("gone"u8));
        Assert.Contains("lacks its layer", Assert.Single(Verify()).Problem, StringComparison.Ordinal);
        using (var check = StoreCheck.Open(_root))
            check.Repair(check.Verify());
        Assert.Equal(["a.json"], Directory.GetFiles(records).Select(Path.GetFileName));
    }

    [Fact]
    public void A_layer_that_only_the_builds_cache_has_is_unpacked_again_when_a_build_wants_it()
    {
        var (tar, digest) = (new TarBuilder().File("made", "by a step").Build(), default(Digest));
        using (var store = Open())
        {
            using var lease = store.Content.Lease();
            var blob = lease.Write(new MemoryStream(tar), MediaTypes.OciLayerTar);
            digest = blob.Digest;
            store.Images.LayOver(null, blob, digest, lease, default);
            store.Builds.Cache.Put(Step("s", blob));
            store.DrainTrash();
        }
        Assert.Empty(Verify());
        var file = Path.Combine(Layout.Layer("overlay", ChainId.Of(null, digest)), "diff", "made");
        File.WriteAllText(file, "by nobody");
        Assert.Contains("other content", Assert.Single(Verify()).Problem, StringComparison.Ordinal);
        Repair();
        Assert.False(File.Exists(file));
        using (var store = Open())
        {
            using var lease = store.Content.Lease();
            var layer = Assert.Single(store.Builds.Cache.All).Layers[0];
            Assert.True(lease.Keep(layer.Blob.Digest));
            Assert.True(store.Images.KeepStack([(layer.Blob, layer.DiffId)], lease, default));
        }
        Assert.Equal("by a step", File.ReadAllText(file));
    }

    static BuildCacheRecord Step(string id, Descriptor blob) =>
        new()
        {
            Id = id,
            Keys = [id],
            Identity = id,
            Description = "RUN",
            CreatedAt = DateTimeOffset.UtcNow,
            Layers = [new CachedLayer(blob, blob.Digest)],
        };

    [Fact]
    public void Downloads_that_are_gone_or_damaged_are_forgotten_and_stray_directories_go()
    {
        string lost,
            damaged;
        using (var store = Open())
        {
            foreach (var key in (string[])["sound", "damaged", "lost"])
            {
                File.WriteAllText(Path.Combine(store.Builds.NewTree(out var tree), "file"), key);
                store.Builds.Cache.Put(
                    new BuildCacheRecord
                    {
                        Id = key,
                        Keys = [key],
                        Identity = key,
                        Description = key,
                        CreatedAt = DateTimeOffset.UtcNow,
                        Tree = tree,
                        Validators = new Dictionary<string, string>
                        {
                            ["digest"] = Digest.Of(System.Text.Encoding.ASCII.GetBytes(key)).ToString(),
                        },
                    }
                );
            }
            (lost, damaged) = (
                store.Builds.Tree(store.Builds.Cache.Find("lost")!.Tree!),
                store.Builds.Tree(store.Builds.Cache.Find("damaged")!.Tree!)
            );
            store.DrainTrash();
        }
        Assert.Empty(Verify());
        Directory.Delete(lost, recursive: true);
        File.WriteAllText(Path.Combine(damaged, "file"), "poison");
        Directory.CreateDirectory(Layout.BuildCache("stray"));
        var findings = Verify();
        Assert.Equal(3, findings.Count);
        Assert.Contains(findings, f => f.Problem == "\"lost\" lacks its files");
        Assert.Contains(findings, f => f.Problem == "\"damaged\" has other content than was downloaded");
        Assert.Contains(findings, f => f is { Path: "builds/caches/stray", Harmless: true });
        Repair();
        using var repaired = Open();
        Assert.Equal(["sound"], repaired.Builds.Cache.All.Select(r => r.Id));
    }

    [Fact]
    public void Leftovers_are_told_and_harmless()
    {
        File.WriteAllText(Path.Combine(Layout.Ingest, "half"), "x");
        File.WriteAllText(Layout.Blob(Digest.Of("nobody's"u8)), "nobody's");
        Directory.CreateDirectory(Path.Combine(Layout.SnapshotStaging("overlay"), "x"));
        var findings = Verify();
        Assert.Equal(3, findings.Count);
        Assert.All(findings, f => Assert.True(f.Harmless));
        Repair();
    }

    [Fact]
    public void What_only_a_user_can_decide_on_stays()
    {
        Directory.CreateDirectory(Layout.VolumeData("stray"));
        File.WriteAllText(Path.Combine(Layout.Records("containers"), "c2.json"), "{\"half");
        var findings = Verify();
        Assert.Contains(findings, f => f is { Remedy: null, Path: "volumes/stray" });
        Assert.Contains(findings, f => f.Path == "records/containers/c2.json");
        using (var check = StoreCheck.Open(_root))
            check.Repair(findings);
        Assert.True(Directory.Exists(Layout.VolumeData("stray")));
    }

    public void Dispose() => Shell.Run("rm -rf $1", _root);
}
