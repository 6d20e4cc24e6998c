using Pier.Build.Export;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Engine.Builds.Sessions;
using Pier.Model;
using Pier.Store.Contexts;
using Pier.Store.Images;

namespace Pier.Engine.Builds;

/// <summary>
/// A build that went well: its image, and ways to take the result elsewhere. Until it is disposed nothing of it is collected.
/// </summary>
public sealed class FinishedBuild : IDisposable
{
    readonly EngineParts parts;
    Image? _image;

    readonly IReadOnlyList<PlatformBuild> _builds;

    internal FinishedBuild(
        EngineParts parts,
        IReadOnlyList<PlatformBuild> builds,
        SolveResult result,
        IReadOnlyList<ImageReference> names
    ) => (this.parts, _builds, Result, Names) = (parts, builds, result, names);

    internal SolveResult Result { get; }

    /// <summary>What it was built for, in the order that was asked for.</summary>
    public IReadOnlyList<Platform> Platforms => [.. _builds.Select(b => b.Platform)];

    public IReadOnlyList<ImageReference> Names { get; }

    /// <summary>The image's id, of several platforms that of this host's; null when the build was not to bring it into the store.</summary>
    public Digest? ImageId => _image?.Id;

    /// <summary>What a registry would know the image by: its manifest, or the index of several platforms; null as above.</summary>
    public Digest? TargetDigest => _image?.Target.Digest;

    /// <summary>The descriptor of the cache manifest that was written last; null when none was asked for.</summary>
    public Descriptor? CacheManifest { get; internal set; }

    /// <summary>Writes the image as an archive that `docker load` and OCI tools read. Blocks until it is written.</summary>
    public void WriteArchive(Stream output, CancellationToken ct) =>
        ImageExport.ToArchive(parts.Store, _builds, Result, Names, output, parts.Time, ct);

    /// <summary>Writes the tree's files as a tar, those of several platforms in a directory each. Blocks until it is written.</summary>
    public void WriteTar(Stream output, CancellationToken ct) => ImageExport.ToTar(parts.Store, _builds, Result, output, ct);

    /// <summary>The tree's files, for a directory of the client. Must be disposed before this is.</summary>
    public OutputSender OpenTree() =>
        new([
            .. _builds.Select(b =>
                (_builds.Count > 1 ? b.Directory : "", new OutputTree(parts.Store.Builds.OpenLayers(Result[b.Plan.Root].ChainId)))
            ),
        ]);

    public void Dispose() => Result.Dispose();

    /// <summary>Brings the image into the store, under its names.</summary>
    internal void Keep(bool squash, CancellationToken ct)
    {
        _image = ImageExport.ToStore(parts.Store, _builds, Result, Names, squash, parts.Time, ct);
        foreach (var name in Names)
            parts.Events.Publish("image", "tag", _image.Id.ToString(), new Dictionary<string, string> { ["name"] = name.Familiar });
    }
}
