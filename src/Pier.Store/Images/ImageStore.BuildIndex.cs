using System.Text.Json;
using Pier.Model;
using Pier.Store.Archives;
using Pier.Store.Content;
using Pier.Store.Layers;

namespace Pier.Store.Images;

/// <summary>An image of one platform that is to be: its layers, base first, are in the store and held by a lease.</summary>
public sealed record IndexMember(Platform Platform, ImageConfig Config, IReadOnlyList<Descriptor> Layers);

public sealed partial class ImageStore
{
    /// <summary>Makes an index of images of several platforms, under names or, without any, dangling.</summary>
    public Image BuildIndex(
        IReadOnlyList<IndexMember> members,
        IReadOnlyList<ImageReference> names,
        ContentLease lease,
        CancellationToken ct
    ) =>
        Border.Cross(() =>
        {
            _content.Settle([.. members.SelectMany(m => m.Layers).Select(l => l.Digest).Distinct()]);
            var index = WriteIndex(members.Select(m => (m.Platform, WriteImage(m, lease).Manifest)), lease);
            var image = Add(index, names.Count > 0 ? names[0] : null, lease, ct);
            foreach (var name in names.Skip(1))
                Tag(image with { Target = index }, name);
            return (ById(image.Id) ?? image) with { Target = index };
        });

    /// <summary>
    /// Writes images that need not be in the store as an archive, docker's and OCI's at once, under names; several as an index.
    /// </summary>
    public void Archive(
        IReadOnlyList<IndexMember> members,
        IReadOnlyList<ImageReference> names,
        ContentLease lease,
        Stream output,
        CancellationToken ct
    ) =>
        Border.Cross(() =>
        {
            var images = members.Select(m => WriteImage(m, lease)).ToArray();
            var target = images is [var only] ? only.Manifest : WriteIndex(members.Zip(images, (m, i) => (m.Platform, i.Manifest)), lease);
            // Docker's older manifest.json knows one platform: this host's, where it is among them.
            var mine = Math.Max(0, Array.FindIndex([.. members], m => m.Platform.Satisfies(Platform.Host)));
            var blobs = images
                .SelectMany(i => i.Layers.Select(l => l.Digest).Append(i.Manifest.Digest).Append(i.Config.Digest))
                .Append(target.Digest);
            using var awaited = new AwaitedWriteStream(output, ct);
            new ArchiveWriter(awaited, _content).Write(
                [new SavedImage(target, images[mine].Config, images[mine].Layers, names)],
                blobs,
                ct
            );
            awaited.Flush();
        });

    static (Descriptor Manifest, Descriptor Config, Descriptor[] Layers) WriteImage(IndexMember member, ContentLease lease)
    {
        var config = lease.Write(JsonSerializer.SerializeToUtf8Bytes(member.Config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig);
        Descriptor[] layers = [.. member.Layers.Select(l => l with { MediaType = MediaTypes.ToOci(l.MediaType) })];
        return (lease.Write(ManifestOf(config, layers), MediaTypes.OciManifest), config, layers);
    }

    static Descriptor WriteIndex(IEnumerable<(Platform Platform, Descriptor Manifest)> members, ContentLease lease)
    {
        var index = new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [.. members.Select(m => m.Manifest with { Platform = m.Platform })],
        };
        return lease.Write(JsonSerializer.SerializeToUtf8Bytes(index, ImageJson.Plain.ImageIndex), MediaTypes.OciIndex);
    }
}
