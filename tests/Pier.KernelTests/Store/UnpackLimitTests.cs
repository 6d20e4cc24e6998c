using Pier.Linux.Files;
using Pier.Model;
using Pier.Store;
using Pier.Store.Images;
using Pier.Store.Tar;

namespace Pier.KernelTests.Store;

/// <summary>Layers of more entries than any image has (attack case 27): refused early, with nothing left.</summary>
public sealed class UnpackLimitTests : IDisposable
{
    const int Limit = 500;

    readonly string _root = TestStore.NewDirectory();

    [Theory]
    [InlineData(TarKind.Regular, "the archive has more than 500 entries")]
    [InlineData(TarKind.Symlink, "the archive has more than 500 entries")]
    [InlineData(TarKind.Directory, "the archive has more than 500 entries")]
    public void A_layer_that_never_ends_is_refused_when_it_passes_the_limit(TarKind kind, string error) =>
        Refused(new UnpackLimits { Entries = Limit }, new EndlessTar(kind, n => $"n{n}"), error, Limit + 1);

    [Fact]
    public void Names_that_must_be_remembered_are_bounded_as_well() =>
        Refused(
            new UnpackLimits { RememberedText = 100 * Limit },
            new EndlessTar(TarKind.Directory, n => $"{new string('d', 100)}{n}"),
            "the archive has directories whose names have more than",
            Limit
        );

    [Fact]
    public void So_are_those_of_directories_that_the_archive_leaves_out() =>
        Refused(
            new UnpackLimits { RememberedText = 100 * Limit },
            new EndlessTar(TarKind.Regular, n => $"{new string('d', 100)}{n}/f"),
            "the archive has directories whose names have more than",
            Limit
        );

    [Fact]
    public void An_image_with_such_a_layer_is_not_loaded()
    {
        using var store = StoreRoot.Open(_root, "overlay", new UnpackLimits { Entries = Limit });
        var tar = new TarBuilder();
        for (var i = 0; i <= Limit; i++)
            tar.File($"f{i}");
        Assert.Throws<InvalidParameterException>(() => store.Images.Load(new MemoryStream(Archives.DockerSave("many:1", tar.Build()))));
        Assert.Throws<InvalidParameterException>(() => store.Images.Import(new MemoryStream(tar.Build()), new ImportOptions()));
        Assert.Empty(store.Images.List());
        NothingIsLeft(store);
    }

    [Fact]
    public void What_stays_below_the_limit_is_a_layer()
    {
        using var store = StoreRoot.Open(_root, "overlay", new UnpackLimits { Entries = Limit });
        var tar = new TarBuilder();
        for (var i = 0; i < Limit; i++)
            tar.File($"f{i}");
        store.Images.Import(new MemoryStream(tar.Build()), new ImportOptions());
        Assert.Single(store.Images.List());
    }

    void Refused(UnpackLimits limits, EndlessTar tar, string error, int entries)
    {
        using var store = StoreRoot.Open(_root, "overlay", limits);
        // As a pull unpacks it, while it comes in.
        Assert.Contains(
            error,
            Assert.Throws<InvalidParameterException>(() => store.Images.StageLayer(tar, null, Digest.Of("any"u8), default)).Message
        );
        Assert.InRange(tar.Entries, 1, entries + EndlessTar.ReadAhead);
        NothingIsLeft(store);
    }

    static void NothingIsLeft(StoreRoot store)
    {
        store.DrainTrash();
        foreach (
            var directory in (string[])
                [store.Layout.Blobs, store.Layout.Ingest, store.Layout.Spool, store.Layout.SnapshotStaging("overlay")]
        )
            Assert.Empty(Directory.GetFiles(directory, "*", SearchOption.AllDirectories));
        Assert.Equal(["scratch"], Directory.GetDirectories(store.Layout.SnapshotLayers("overlay")).Select(Path.GetFileName));
    }

    public void Dispose() => Shell.Run("rm -rf $1", _root);

    /// <summary>Entries without content or end, made as they are read.</summary>
    sealed class EndlessTar : Stream
    {
        /// <summary>How many entries may be read before they are looked at.</summary>
        public const int ReadAhead = 20_000;

        readonly MemoryStream _made = new();
        readonly TarKind _kind;
        readonly Func<int, string> _name;
        readonly TarWriter _writer;

        public EndlessTar(TarKind kind, Func<int, string> name)
        {
            (_kind, _name) = (kind, name);
            _writer = new TarWriter(_made);
        }

        public int Entries { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (_made.Position == _made.Length)
            {
                _made.SetLength(0);
                _writer.Write(
                    new TarEntry
                    {
                        Name = _name(Entries++),
                        Kind = _kind,
                        Mode = 0x1ED,
                        LinkName = _kind == TarKind.Symlink ? "x" : "",
                        Modified = new FileTime(1000, 0),
                    }
                );
                _made.Position = 0;
            }
            return _made.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
