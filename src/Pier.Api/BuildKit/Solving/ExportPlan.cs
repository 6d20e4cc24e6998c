using Pier.Contracts.Grpc;
using Pier.Engine.Builds;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Solving;

/// <summary>What becomes of a result.</summary>
enum ExportKind
{
    Image,
    Archive,
    Tar,
    Directory,
    Nothing,
}

/// <summary>One exporter of a solve, understood: every attribute is honoured, refused, or told of as unknown.</summary>
/// <param name="Id">Which of the client's outputs; "" where there is one alone.</param>
sealed record ExportPlan(ExportKind Kind, string Id)
{
    const string NoAttestations = "Pier makes no attestations";

    /// <summary>The image's names, with tags but for what is pushed by digest.</summary>
    public IReadOnlyList<ImageReference> Names { get; init; } = [];

    /// <summary>How an image is written down.</summary>
    public ImageOutput Image { get; init; } = ImageOutput.Plain;

    /// <summary>Whether files of layers are kept from being younger than SOURCE_DATE_EPOCH; null: where the build has one.</summary>
    public bool? RewriteTimes { get; init; }

    /// <summary>How files leave the build.</summary>
    public TreeOutput Tree { get; init; } = new(null, null);

    public bool Push { get; init; }
    public bool ByDigest { get; init; }

    /// <summary>The registry is reached without checking its certificate, or without TLS.</summary>
    public bool Insecure { get; init; }

    /// <summary>The image comes into the store.</summary>
    public bool Store { get; init; } = true;

    /// <summary>It is named by its digest as well.</summary>
    public bool Canonical { get; init; }

    /// <summary>What an image without a name is called, with its digest; null for nothing.</summary>
    public ImageReference? DanglingName { get; init; }

    /// <summary>An archive for readers that know one platform alone.</summary>
    public bool IsDocker { get; init; }

    /// <summary>An image layout in a directory of the client rather than an archive.</summary>
    public bool IsUnpacked { get; init; }

    /// <summary>What has no effect.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the client takes the result.</summary>
    public bool NeedsSession => Kind is ExportKind.Archive or ExportKind.Tar or ExportKind.Directory;

    public static ExportPlan Of(ExporterChoice exporter)
    {
        var attributes = new ExporterAttributes(exporter);
        var plan = exporter.Type switch
        {
            "moby" or "image" or "registry" => OfImage(attributes, exporter.Id),
            "docker" or "oci" => OfArchive(attributes, exporter.Id),
            "tar" => OfTree(attributes, ExportKind.Tar, exporter.Id),
            "local" => OfTree(attributes, ExportKind.Directory, exporter.Id),
            "cacheonly" => new ExportPlan(ExportKind.Nothing, exporter.Id),
            var other => throw new GrpcException(GrpcCode.NotFound, $"exporter \"{other}\" could not be found"),
        };
        return plan with
        {
            Warnings =
            [
                .. attributes.Unknown.Select(key =>
                    $"the exporter \"{exporter.Type}\" does not know the attribute {key}: it has no effect"
                ),
            ],
        };
    }

    /// <summary>Throws for what there will not be, before anything is built.</summary>
    public void Check(IReadOnlyList<Platform> platforms)
    {
        if (IsDocker && platforms.Count > 1)
            throw new UnsupportedException("docker exporter does not currently support exporting manifest lists");
        Image.Notes.Check(platforms);
    }

    static ExportPlan OfImage(ExporterAttributes attributes, string id)
    {
        attributes.Refuse("unsafe-internal-store-allow-incomplete", "images of the store are whole");
        var names = NamesOf(attributes);
        var push = attributes.Flag("push") ?? attributes.Type == "registry";
        var byDigest = (attributes.Flag("push-by-digest") ?? false) && push;
        if (push && names.Count == 0)
            throw new GrpcException(GrpcCode.InvalidArgument, "tag is needed when pushing to registry");
        if (byDigest && names.FirstOrDefault(n => n.Tag is not null) is { } tagged)
            throw new GrpcException(GrpcCode.InvalidArgument, $"can't push tagged ref {tagged} by digest");
        // Layers of images are unpacked in any case.
        attributes.Flag("unpack");
        var prefix = attributes.Text("dangling-name-prefix");
        return WithImage(new ExportPlan(ExportKind.Image, id), attributes) with
        {
            Names = byDigest ? names : [.. names.Select(n => n.WithDefaultTag()).Distinct()],
            Push = push,
            ByDigest = byDigest,
            Insecure = attributes.Flag("registry.insecure") ?? false,
            Store = attributes.Flag("store") ?? true,
            Canonical = attributes.Flag("name-canonical") ?? false,
            DanglingName = names.Count == 0 && prefix is { Length: > 0 } ? ImageReference.Parse(prefix) : null,
        };
    }

    static ExportPlan OfArchive(ExporterAttributes attributes, string id) =>
        WithImage(new ExportPlan(ExportKind.Archive, id), attributes) with
        {
            Names = [.. NamesOf(attributes).Select(n => n.WithDefaultTag()).Distinct()],
            IsDocker = attributes.Type == "docker",
            IsUnpacked = attributes.Flag("tar") == false,
        };

    static ExportPlan OfTree(ExporterAttributes attributes, ExportKind kind, string id)
    {
        if (attributes.Text("attestation-prefix") is { Length: > 0 })
            throw new GrpcException(GrpcCode.Unimplemented, $"attestation-prefix is not supported: {NoAttestations}");
        // Names are for the other exporters; clients send them along.
        attributes.Text("name");
        return new ExportPlan(kind, id) { Tree = new TreeOutput(attributes.Flag("platform-split"), attributes.Date()) };
    }

    static ExportPlan WithImage(ExportPlan plan, ExporterAttributes attributes)
    {
        attributes.Refuse("attestation-inline", NoAttestations);
        attributes.Refuse("prefer-nondist-layers", "every layer is distributable");
        var compression = CompressionOf(attributes);
        // Docker's own media types have no word for zstd that every tool knows.
        var dockerTypes = attributes.Type == "docker" && compression?.Kind != LayerCompressionKind.Zstd;
        return plan with
        {
            Image = new ImageOutput
            {
                Form = new ImageForm(compression, attributes.Flag("oci-mediatypes") is { } oci ? !oci : dockerTypes),
                Notes = attributes.Notes(),
                SourceDate = attributes.Date(),
            },
            RewriteTimes = attributes.Flag("rewrite-timestamp"),
        };
    }

    static LayerCompression? CompressionOf(ExporterAttributes attributes)
    {
        var (kind, level) = (attributes.Text("compression"), attributes.Text("compression-level"));
        var force = attributes.Flag("force-compression") ?? false;
        return kind is null && level is null && !force ? null : LayerCompression.Parse(kind ?? "", level ?? "", force);
    }

    static IReadOnlyList<ImageReference> NamesOf(ExporterAttributes attributes)
    {
        var names = (attributes.Text("name") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(ImageReference.Parse)
            .ToArray();
        return Array.Exists(names, n => n.Digest is not null)
            ? throw new GrpcException(GrpcCode.InvalidArgument, "build tag cannot contain a digest")
            : names;
    }
}
