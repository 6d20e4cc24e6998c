using Pier.Build.Export;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Builds;

/// <summary>A build that went well: its image, and ways to take the result elsewhere. Until it is disposed nothing of it is collected.</summary>
public sealed partial class FinishedBuild : IDisposable
{
    readonly EngineParts parts;
    Image? _image;

    internal FinishedBuild(EngineParts parts, BuildPlan plan, SolveResult result, IReadOnlyList<ImageReference> names) =>
        (this.parts, Plan, Result, Names) = (parts, plan, result, names);

    internal BuildPlan Plan { get; }
    internal SolveResult Result { get; }

    public IReadOnlyList<ImageReference> Names { get; }

    /// <summary>The image's id; null when the build was not to bring it into the store.</summary>
    public Digest? ImageId => _image?.Id;

    /// <summary>What a registry would know the image by; null as above.</summary>
    public Digest? ManifestDigest => _image?.ManifestDescriptor.Digest;

    /// <summary>The descriptor of the cache manifest that was written last; null when none was asked for.</summary>
    public Descriptor? CacheManifest { get; internal set; }

    /// <summary>Writes the image as an archive that `docker load` and OCI tools read. Blocks until it is written.</summary>
    public void WriteArchive(Stream output, CancellationToken ct) => ImageExport.ToArchive(parts.Store, Plan, Result, Names, output, parts.Time, ct);

    /// <summary>Writes the tree's files as a tar. Blocks until it is written.</summary>
    public void WriteTar(Stream output, CancellationToken ct) => ImageExport.ToTar(parts.Store, Plan, Result, output, ct);

    public void Dispose() => Result.Dispose();

    /// <summary>Brings the image into the store, under its names.</summary>
    internal void Keep(bool squash, CancellationToken ct)
    {
        _image = ImageExport.ToStore(parts.Store, Plan, Result, Names, squash, parts.Time, ct);
        foreach (var name in Names)
            parts.Events.Publish("image", "tag", _image.Id.ToString(), new Dictionary<string, string> { ["name"] = name.Familiar });
    }
}
