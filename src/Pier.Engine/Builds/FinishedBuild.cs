using Pier.Build.Export;
using Pier.Build.Frontend;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Engine.Builds.Caches;
using Pier.Engine.Builds.Sessions;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Builds;
using Pier.Store.Contexts;
using Pier.Store.Images;

namespace Pier.Engine.Builds;

/// <summary>
/// A build that went well: its image, and ways to take the result elsewhere. Until it is disposed nothing of it is collected.
/// </summary>
public sealed class FinishedBuild : IDisposable
{
    readonly EngineParts parts;
    readonly IReadOnlyList<PlatformBuild> _builds;
    readonly BuildRequest _request;
    readonly CacheExports _caches;

    internal FinishedBuild(
        EngineParts parts,
        IReadOnlyList<PlatformBuild> builds,
        SolveResult result,
        IReadOnlyList<ImageReference> names,
        BuildRequest request,
        CacheExports caches
    ) => (this.parts, _builds, Result, Names, _request, _caches) = (parts, builds, result, names, request, caches);

    internal SolveResult Result { get; }

    /// <summary>What it was built for, in the order that was asked for.</summary>
    public IReadOnlyList<Platform> Platforms => [.. _builds.Select(b => b.Platform)];

    /// <summary>The names that the request has for it.</summary>
    public IReadOnlyList<ImageReference> Names { get; }

    /// <summary>The image's id, of several platforms that of this host's; null when the request did not ask for it in the store.</summary>
    public Digest? ImageId { get; private set; }

    /// <summary>Brings the image into the store as it is asked for, under names or dangling.</summary>
    public ExportedImage Keep(ImageOutput output, IReadOnlyList<ImageReference> names, CancellationToken ct)
    {
        var written = output.IsPlain ? null : WriteBlobs(output, ct);
        var image = written is null
            ? ImageExport.ToStore(parts.Store, _builds, Result, names, _request.Squash, parts.Time, ct)
            : parts.Store.Images.Keep(written, names, Result.Lease, ct);
        foreach (var name in names)
            parts.Events.Publish("image", "tag", image.Id.ToString(), new Dictionary<string, string> { ["name"] = name.Familiar });
        return new ExportedImage(image.Target, image.Id) { Image = image, Written = written };
    }

    /// <summary>The image's blobs, which are there until this is disposed; nothing names them.</summary>
    public ExportedImage Write(ImageOutput output, CancellationToken ct)
    {
        var written = WriteBlobs(output, ct);
        return new ExportedImage(written.Target, written.Main.Config.Digest) { Written = written };
    }

    /// <summary>Gives an image of the store, as a registry may have it by now, one more name: a tag, or a digest.</summary>
    public void Name(ExportedImage image, Descriptor target, ImageReference name) =>
        parts.Store.Images.Tag(image.Image! with { Target = target }, name);

    /// <summary>Writes what was written as an archive that `docker load` and OCI tools read. Blocks until it is done.</summary>
    public void WriteArchive(ExportedImage image, IReadOnlyList<ImageReference> names, Stream output, CancellationToken ct) =>
        parts.Store.Images.Archive(image.Written!, names, output, ct);

    /// <summary>Content of the image.</summary>
    public Stream OpenContent(Descriptor content) => parts.Store.Content.Open(content.Digest);

    /// <summary>Writes the tree's files as a tar. Blocks until it is written.</summary>
    public void WriteTar(TreeOutput how, Stream output, CancellationToken ct)
    {
        var trees = new List<ExportedTree>();
        try
        {
            foreach (var (build, directory) in Directories(how))
                trees.Add(new ExportedTree(directory, build.Platform.ToString(), OpenTree(build)));
            TreeExport.Write(trees, output, DateOf(how), ct);
        }
        finally
        {
            foreach (var tree in trees)
                tree.Tree.Dispose();
        }
    }

    /// <summary>The tree's files, for a directory of the client. Must be disposed before this is.</summary>
    public OutputSender OpenTree(TreeOutput how)
    {
        var date = DateOf(how);
        return new OutputSender(
            Directories(how).Select(d => (d.Directory, d.Build.Platform.ToString(), new OutputTree(OpenTree(d.Build), date))),
            date
        );
    }

    /// <summary>
    /// Writes the caches that the request asks for; the answer is the descriptor of the last one's manifest, null when none was asked for.
    /// </summary>
    public Task<Descriptor?> WriteCachesAsync(CancellationToken ct) => _caches.WriteAsync(Result, ct);

    public void Dispose() => Result.Dispose();

    /// <summary>Brings the image into the store, under the names of the request.</summary>
    internal void Keep(CancellationToken ct) => ImageId = Keep(ImageOutput.Plain, Names, ct).Id;

    /// <summary>The result as the base of another build, which must end before this is disposed.</summary>
    internal ResolvedImage Resolve(string name, Platform platform)
    {
        var build =
            _builds.FirstOrDefault(b => b.Platform.Satisfies(platform))
            ?? throw new NotFoundException($"{name} was not built for {platform}");
        var tree = Result[build.Plan.Root];
        return new ResolvedImage(tree.ChainId ?? Digest.Of(""u8), ImageExport.ConfigOf(build, Result, parts.Time), tree);
    }

    WrittenImage WriteBlobs(ImageOutput output, CancellationToken ct) =>
        ImageExport.Write(parts.Store, _builds, Result, output, _request.Squash, parts.Time, ct);

    SourceTree OpenTree(PlatformBuild build) => parts.Store.Builds.OpenLayers(Result[build.Plan.Root].ChainId);

    IEnumerable<(PlatformBuild Build, string Directory)> Directories(TreeOutput how) =>
        _builds.Select(b => (b, how.Split ?? _builds.Count > 1 ? b.Directory : ""));

    DateTimeOffset? DateOf(TreeOutput how) => how.SourceDate ?? _builds[0].Plan.SourceDate;
}

/// <summary>How the files of a build leave it.</summary>
/// <param name="Split">A directory a platform; null: when there are several.</param>
/// <param name="SourceDate">The time of every file; null leaves the word to the build's SOURCE_DATE_EPOCH.</param>
public sealed record TreeOutput(bool? Split, DateTimeOffset? SourceDate);
