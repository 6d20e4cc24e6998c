using Pier.Model;

namespace Pier.Store.Images;

/// <summary>How a container becomes an image: its configuration, and what its history says.</summary>
public sealed record CommitOptions
{
    public required ContainerConfig Config { get; init; }
    public ImageReference? Name { get; init; }
    public string Author { get; init; } = "";
    public string Comment { get; init; } = "";

    /// <summary>The command that made the layer.</summary>
    public string CreatedBy { get; init; } = "";
}

public sealed partial class ImageStore
{
    // 1024 zero bytes: the tar of a layer that changes nothing. Docker leaves it out as well.
    internal static readonly Digest EmptyTar = Digest.Parse("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");

    /// <summary>Makes an image of what a container's snapshot holds over the image that it was made of.</summary>
    public Image Commit(Digest parentId, string containerId, CommitOptions options, CancellationToken ct = default) =>
        WithLease(lease =>
        {
            var parent = ById(parentId) ?? throw new NotFoundException($"No such image: {parentId}");
            foreach (var descriptor in parent.Manifest.Layers)
            {
                if (!lease.Keep(descriptor.Digest))
                    throw new NotFoundException($"content digest {descriptor.Digest}: not found");
            }
            var layer = lease.Write(output => _snapshots.WriteLayer(containerId, output, ct), MediaTypes.OciLayerTar, durable: false);
            var isEmpty = layer.Digest == EmptyTar;
            var now = DateTimeOffset.UtcNow;
            var author = options.Author.Length > 0 ? options.Author : null;
            var comment = options.Comment.Length > 0 ? options.Comment : null;
            var image = parent.Config with
            {
                Created = now,
                Author = author,
                Comment = comment,
                Config = options.Config,
                RootFs = isEmpty ? parent.Config.RootFs : new RootFs { DiffIds = [.. parent.Config.RootFs.DiffIds, layer.Digest] },
                History =
                [
                    .. parent.Config.History ?? [],
                    new HistoryEntry
                    {
                        Created = now,
                        Author = author,
                        CreatedBy = options.CreatedBy,
                        Comment = comment,
                        EmptyLayer = isEmpty,
                    },
                ],
            };
            Descriptor[] below = [.. parent.Manifest.Layers.Select(l => l with { MediaType = OciType(l.MediaType) })];
            return AddBuilt(image, isEmpty ? below : [.. below, layer], options.Name, lease, ct);
        });

    // One manifest speaks one language.
    static string OciType(string mediaType) =>
        mediaType switch
        {
            MediaTypes.DockerLayerTar => MediaTypes.OciLayerTar,
            MediaTypes.DockerLayerGzip => MediaTypes.OciLayerGzip,
            _ => mediaType,
        };
}
