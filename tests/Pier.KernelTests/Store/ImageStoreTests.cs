using System.IO.Compression;
using System.Text;
using Pier.Model;
using Pier.Store;
using Pier.Store.Images;

namespace Pier.KernelTests.Store;

public sealed class ImageStoreTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();

    ImageStore Images => _test.Store.Images;

    static readonly byte[] LayerA = new TarBuilder().File("a", "1").Build();
    static readonly byte[] LayerB = new TarBuilder().File("b", "2").Build();

    [Fact]
    public void Import_makes_an_image_with_its_configuration()
    {
        var image = Images.Import(
            new MemoryStream(LayerA),
            new ImportOptions
            {
                Name = ImageReference.Parse("mine:v1"),
                Message = "made here",
                Config = new ContainerConfig { Cmd = ["/a"], Env = ["A=1"] },
            }
        );
        Assert.Equal(["mine:v1"], image.RepoTags);
        Assert.Equal(image.Id, Images.Resolve("mine:v1").Id);
        Assert.Equal("made here", image.Config.Comment);
        Assert.Equal(["/a"], image.Config.Config!.Cmd!);
        Assert.Equal(["A=1"], image.Config.Config.Env!);
        Assert.Equal(1, image.Size);
        Assert.Equal("linux", image.Config.Os);
    }

    [Fact]
    public void Images_are_found_by_every_kind_of_name()
    {
        Load("one:1", LayerA);
        var image = Images.Resolve("one:1");
        foreach (
            var name in new[]
            {
                "docker.io/library/one:1",
                "library/one:1",
                "index.docker.io/one:1",
                image.Id.ToString(),
                image.Id.Hex,
                image.Id.Hex[..12],
                image.Id.Hex[..3],
                "sha256:" + image.Id.Hex[..12],
                $"one@{image.ManifestDescriptor.Digest}",
            }
        )
            Assert.Equal(image.Id, Images.Resolve(name).Id);
        Assert.Equal("No such image: one:latest", Assert.Throws<NotFoundException>(() => Images.Resolve("one")).Message);
        Assert.Equal(
            $"No such image: other@{image.ManifestDescriptor.Digest}",
            Assert.Throws<NotFoundException>(() => Images.Resolve($"other@{image.ManifestDescriptor.Digest}")).Message
        );
        Assert.Equal(
            "invalid reference format: repository name (library/One) must be lowercase",
            Assert.Throws<InvalidParameterException>(() => Images.Resolve("One")).Message
        );
        Assert.Equal("invalid reference format", Assert.Throws<InvalidParameterException>(() => Images.Resolve("a b")).Message);
    }

    [Fact]
    public void A_name_that_moves_leaves_a_dangling_image()
    {
        Load("app:1", LayerA);
        var first = Images.Resolve("app:1");
        Load("app:1", LayerB);
        Assert.NotEqual(first.Id, Images.Resolve("app:1").Id);
        Assert.Empty(Images.Resolve(first.Id.ToString()).Tags);
        Assert.Equal(2, Images.List().Count);
        Images.Tag(first, ImageReference.Parse("app:old"));
        Assert.Equal(["app:old"], Images.Resolve(first.Id.ToString()).RepoTags);
        Assert.Equal(2, Images.List().Count);
        _test.Reopen();
        Assert.Equal(first.Id, Images.Resolve("app:old").Id);
    }

    [Fact]
    public void Removal_follows_dockers_rules()
    {
        Load("app:1", LayerA);
        var image = Images.Resolve("app:1");
        Images.Tag(image, ImageReference.Parse("app:2"));
        Assert.Equal([new RemovedImage("app:1", null)], Images.Remove("app:1", false, true, NoUsers));
        Images.Tag(image, ImageReference.Parse("other:1"));
        var id = image.Id.Hex[..12];
        Assert.Equal(
            $"conflict: unable to delete {id} (must be forced) - image is referenced in multiple repositories",
            Assert.Throws<ConflictException>(() => Images.Remove(id, false, true, NoUsers)).Message
        );
        Images.Remove("other:1", false, true, NoUsers);
        var container = new string('c', 64);
        Assert.Equal(
            $"conflict: unable to remove repository reference \"app:2\" (must force) - container cccccccccccc is using its referenced image {id}",
            Assert.Throws<ConflictException>(() => Images.Remove("app:2", false, true, _ => [new ImageUser(container, false)])).Message
        );
        Assert.Equal(
            $"conflict: unable to delete {id} (cannot be forced) - image is being used by running container cccccccccccc",
            Assert.Throws<ConflictException>(() => Images.Remove(id, true, true, _ => [new ImageUser(container, true)])).Message
        );
        Assert.Equal(
            $"conflict: unable to delete {id} (must be forced) - image is being used by stopped container cccccccccccc",
            Assert.Throws<ConflictException>(() => Images.Remove(id, false, true, _ => [new ImageUser(container, false)])).Message
        );
        // The name goes by force, the image stays for its running container.
        Assert.Equal([new RemovedImage("app:2", null)], Images.Remove("app:2", true, true, _ => [new ImageUser(container, true)]));
        Assert.Equal(
            [new RemovedImage(null, image.Id.ToString()), new RemovedImage(null, image.ChainId.ToString())],
            Images.Remove(id, false, true, NoUsers)
        );
        Assert.Equal("No such image: app:2", Assert.Throws<NotFoundException>(() => Images.Remove("app:2", false, true, NoUsers)).Message);
        Assert.Empty(_test.Leftovers());
    }

    [Fact]
    public void Shared_layers_stay_until_the_last_image_goes()
    {
        Load("one:1", LayerA);
        Load("two:1", LayerA, LayerB);
        var shared = Images.Resolve("one:1").ChainId!.Value;
        Images.Remove("one:1", false, true, NoUsers);
        Assert.True(_test.Store.Snapshots.Has(shared));
        Images.Remove("two:1", false, true, NoUsers);
        Assert.False(_test.Store.Snapshots.Has(shared));
        Assert.Empty(_test.Leftovers());
    }

    [Fact]
    public void Load_reads_gzip_and_linked_layers_and_nameless_images()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Archives.DockerSave(null, LayerA));
        var loaded = Assert.Single(Images.Load(new MemoryStream(packed.ToArray())));
        Assert.Null(loaded.Reference);
        // Before version 25 equal layers were links to each other.
        var config =
            $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{Digest.Of(LayerA)}}}","{{{Digest.Of(LayerA)}}}"]}}""";
        var archive = new TarBuilder()
            .Directory("x")
            .Bytes("x/layer.tar", LayerA)
            .Directory("y")
            .Symlink("y/layer.tar", "../x/layer.tar")
            .Bytes("c.json", Encoding.UTF8.GetBytes(config))
            .File("manifest.json", """[{"Config":"c.json","RepoTags":["twice:1","twice:2"],"Layers":["x/layer.tar","y/layer.tar"]}]""")
            .Build();
        Assert.Equal(["twice:1", "twice:2"], Images.Load(new MemoryStream(archive)).Select(l => l.Reference));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("link/passwd")]
    [InlineData("away")]
    public void A_manifest_that_points_out_of_the_archive_is_refused(string path)
    {
        var archive = new TarBuilder()
            .Symlink("link", "/etc")
            .Symlink("away", "/etc/passwd")
            .File("manifest.json", $$"""[{"Config":"{{path}}","RepoTags":["x:1"],"Layers":[]}]""")
            .Build();
        var error = Assert.Throws<InvalidParameterException>(() => Images.Load(new MemoryStream(archive)));
        Assert.Equal($"invalid archive: \"{path}\" is not in it", error.Message);
        Assert.Empty(_test.Leftovers());
    }

    [Fact]
    public void A_stream_that_is_only_asynchronous_will_do_and_waiting_can_be_cancelled()
    {
        Assert.Equal("x:1", Assert.Single(Images.Load(new AsyncOnly(Archives.DockerSave("x:1", LayerA)))).Reference);
        using var cancel = new CancellationTokenSource(50);
        Assert.ThrowsAny<OperationCanceledException>(() => Images.Load(new AsyncOnly(null), ct: cancel.Token));
        Assert.Single(Images.List());
    }

    // As Kestrel's request bodies are; without bytes it never answers.
    sealed class AsyncOnly(byte[]? bytes) : MemoryStream(bytes ?? [])
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("synchronous");

        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("synchronous");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (bytes is null)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            await Task.Yield();
            var length = (int)Math.Min(buffer.Length, Length - Position);
            bytes.AsSpan((int)Position, length).CopyTo(buffer.Span);
            Position += length;
            return length;
        }
    }

    [Fact]
    public void A_broken_archive_leaves_nothing()
    {
        var whole = Archives.DockerSave("x:1", LayerA, new TarBuilder().Bytes("big", new byte[100_000]).Build());
        foreach (var length in new[] { 300, 3000, 50_000, whole.Length - 2000 })
        {
            Assert.Equal(
                "unexpected EOF",
                Assert.Throws<InvalidParameterException>(() => Images.Load(new MemoryStream(whole[..length]))).Message
            );
            Assert.Empty(_test.Leftovers());
        }
        Assert.Contains(
            "neither manifest.json",
            Assert.Throws<InvalidParameterException>(() => Images.Load(new MemoryStream(LayerA))).Message
        );
        var swapped = Archives.DockerSave("x:1", [LayerA, LayerB], ["1/layer.tar", "0/layer.tar"]);
        Assert.Contains(
            "layer digest does not match",
            Assert.Throws<InvalidParameterException>(() => Images.Load(new MemoryStream(swapped))).Message
        );
        Assert.Contains(
            "layers length mismatch",
            Assert
                .Throws<InvalidParameterException>(() =>
                    Images.Load(new MemoryStream(Archives.DockerSave("x:1", [LayerA], ["0/layer.tar", "0/layer.tar"])))
                )
                .Message
        );
        Assert.Empty(Images.List());
        Assert.Empty(_test.Leftovers());
    }

    [SkippableFact]
    public void Skopeo_and_pier_read_each_other()
    {
        Skip.IfNot(File.Exists("/usr/bin/skopeo"), "skopeo is not installed");
        var directory = TestStore.NewDirectory();
        try
        {
            Load("app:1", LayerA, LayerB);
            var id = Images.Resolve("app:1").Id;
            var content = _test.Store.Layout.Content;
            Assert.Contains("amd64", Shell.Text("skopeo inspect oci:$1:docker.io/library/app:1", content));
            Shell.Run(
                "skopeo copy -q oci:$1:docker.io/library/app:1 oci-archive:$2/oci.tar:docker.io/library/again:2 && skopeo copy -q oci:$1:docker.io/library/app:1 docker-archive:$2/docker.tar:third:3",
                content,
                directory
            );
            using (var oci = File.OpenRead(directory + "/oci.tar"))
                Assert.Equal([new LoadedName("again:2", id)], Images.Load(oci));
            using (var docker = File.OpenRead(directory + "/docker.tar"))
                Assert.Equal("third:3", Assert.Single(Images.Load(docker)).Reference);
            Assert.Equal(["again:2", "app:1", "third:3"], Images.Resolve(id.ToString()).RepoTags);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [SkippableFact]
    public void What_is_saved_is_loaded_again_here_and_by_skopeo()
    {
        Load("app:1", LayerA, LayerB);
        var image = Images.Resolve("app:1");
        Images.Tag(image, ImageReference.Parse("app:2"));
        Images.Tag(image, ImageReference.Parse("other:1"));
        byte[] Save(params string[] names)
        {
            var saved = new MemoryStream();
            Images.Save(names, saved);
            return saved.ToArray();
        }

        var archive = Save("app");
        Assert.Equal(archive, Save("app:1", "app:2"));
        Assert.Throws<NotFoundException>(() => Save("app:1", "nothing"));
        var nameless = Save(image.Id.Hex[..12]);
        Images.Remove("other:1", false, true, NoUsers);
        Images.Remove(image.Id.ToString(), true, true, NoUsers);
        Assert.Empty(_test.Leftovers());
        Assert.Equal([new LoadedName("app:1", image.Id), new LoadedName("app:2", image.Id)], Images.Load(new MemoryStream(archive)));
        Assert.Equal([new LoadedName(null, image.Id)], Images.Load(new MemoryStream(nameless)));
        Assert.Equal(["app:1", "app:2"], Images.Resolve(image.Id.ToString()).RepoTags);
        Skip.IfNot(File.Exists("/usr/bin/skopeo"), "skopeo is not installed");
        var file = Path.Combine(_test.Root, "saved.tar");
        File.WriteAllBytes(file, archive);
        Assert.Contains(LayerDigest(LayerB), Shell.Text("skopeo inspect docker-archive:$1:app:2", file));
    }

    static string LayerDigest(byte[] layer) => Digest.Of(layer).ToString();

    [Fact]
    public void A_blob_with_another_digest_is_refused()
    {
        var wrong = Digest.Of("wanted"u8);
        var archive = new TarBuilder()
            .File("oci-layout", """{"imageLayoutVersion":"1.0.0"}""")
            .File("index.json", """{"schemaVersion":2,"manifests":[]}""")
            .File($"blobs/sha256/{wrong.Hex}", "given!")
            .Build();
        Assert.Contains(
            $"expected {wrong}",
            Assert.Throws<InvalidParameterException>(() => Images.Load(new MemoryStream(archive))).Message
        );
        Assert.Empty(_test.Leftovers());
    }

    [Fact]
    public void The_greeting_is_a_program_that_runs()
    {
        var image = Images.EnsureHelloWorld();
        _test.Store.Snapshots.Prepare("c1", image.ChainId);
        using var root = _test.Store.Snapshots.Mount("c1");
        var file = Path.Combine(_test.Root, "hello");
        using (var source = Pier.Linux.Files.At.OpenIn(root, "hello", Pier.Linux.Files.OpenFlags.ReadOnly, Pier.Linux.Files.Resolve.InRoot))
        using (var stream = new FileStream(source, FileAccess.Read))
        using (var target = File.Create(file))
            stream.CopyTo(target);
        Assert.Contains("Hello from Pier!", Shell.Text("chmod 755 $1 && $1", file));
    }

    [Fact]
    public void A_root_is_for_one_process()
    {
        var error = Assert.Throws<ConflictException>(() => StoreRoot.Open(_test.Root));
        Assert.Equal($"a pier daemon (pid {Environment.ProcessId}) is already using {_test.Root}", error.Message);
    }

    [Fact]
    public void Old_drivers_have_a_successor_and_unknown_ones_an_error()
    {
        Assert.Throws<UnsupportedException>(() => _test.Reopen("nonsense"));
        _test.Reopen("aufs");
        Assert.Equal("overlay", _test.Store.Snapshots.DriverName);
        Assert.Contains("aufs", Assert.Single(_test.Store.Warnings));
    }

    void Load(string name, params byte[][] layers) => Images.Load(new MemoryStream(Archives.DockerSave(name, layers)));

    static IReadOnlyList<ImageUser> NoUsers(Digest id) => [];

    public void Dispose() => _test.Dispose();
}
