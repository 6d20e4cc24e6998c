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
            var size = 0L;
            var layer = lease.Write(
                output => size = _snapshots.WriteLayer(containerId, output, ct),
                MediaTypes.OciLayerTar,
                durable: false
            );
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
            Descriptor[] below = [.. parent.Manifest.Layers.Select(l => l with { MediaType = MediaTypes.ToOci(l.MediaType) })];
            if (isEmpty)
                return AddBuilt(image, below, options.Name, lease, ct);
            var chain = ChainId.Of(parent.ChainId, layer.Digest);
            if (!_snapshots.Has(chain))
                _snapshots.Coming.Announce(chain, size, () => UnpackNamed(chain, parent.ChainId, layer.Digest));
            try
            {
                var made = AddBuilt(image, [.. below, layer], options.Name, lease, ct);
                _snapshots.Coming.Begin(chain);
                return made;
            }
            catch
            {
                _snapshots.Coming.Forget(chain);
                throw;
            }
        });

    /// <summary>
    /// An unpacked layer is a cache of its blob (decision 0013): that of a commit is made when the image has its name already. Who makes a
    /// container of the image before waits for it.
    /// </summary>
    void UnpackNamed(Digest chain, Digest? parent, Digest layer)
    {
        bool IsKnown() => _known.All.Any(k => k.Documents.Chains.Contains(chain));
        using (var held = _content.Lease())
        {
            held.Hold(chain);
            if (parent is { } below)
                held.Hold(below);
            try
            {
                // A push may have put a compressed blob in the place of the plain one meanwhile.
                var documents = _known.All.Select(k => k.Documents).FirstOrDefault(d => d.Chains.Contains(chain));
                var blob = documents is null ? layer : documents.Manifest.Layers[documents.Chains.ToList().IndexOf(chain)].Digest;
                if (held.Keep(blob) || documents is not null)
                    UnpackBlob(blob, parent, layer, CancellationToken.None);
            }
            catch (EngineException) when (!IsKnown())
            {
                // The image was removed meanwhile.
            }
        }
        if (!IsKnown())
            Collect();
    }
}
