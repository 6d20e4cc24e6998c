using System.Runtime.ExceptionServices;
using System.Text.Json;
using Pier.Model;
using Pier.Store.Archives;
using Pier.Store.Content;
using Pier.Store.Layers;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Writes what an image consists of, in the form that is asked for; of several members an index, which has annotations of its own
    /// (<paramref name="index"/>) and of its descriptor (<paramref name="descriptor"/>). The lease holds it all.
    /// </summary>
    public WrittenImage Write(
        IReadOnlyList<IndexMember> members,
        ImageForm form,
        Dictionary<string, string>? index,
        Dictionary<string, string>? descriptor,
        ContentLease lease,
        CancellationToken ct
    ) =>
        Border.Cross(() =>
        {
            var packed = Packed(members.SelectMany(m => m.Layers).DistinctBy(l => l.Digest), form, lease, ct);
            WrittenMember[] written = [.. members.Select(m => WriteMember(m, form, packed, lease))];
            return new WrittenImage(
                written is [var only] ? only.Manifest : WriteIndex(written, form, index, lease) with { Annotations = descriptor },
                written
            );
        });

    /// <summary>Makes a written image one of the store, under names (tags and digests) or, without any, dangling.</summary>
    public Image Keep(WrittenImage written, IReadOnlyList<ImageReference> names, ContentLease lease, CancellationToken ct) =>
        Border.Cross(() =>
        {
            _content.Settle([.. written.Members.SelectMany(m => m.Layers).Select(l => l.Digest).Distinct()]);
            var image = Add(written.Target, names.Count > 0 ? names[0] : null, lease, ct);
            foreach (var name in names.Skip(1))
                Tag(image with { Target = written.Target }, name);
            return (ById(image.Id) ?? image) with { Target = written.Target };
        });

    /// <summary>Writes a written image, which need not be one of the store, as an archive, docker's and OCI's at once.</summary>
    public void Archive(WrittenImage written, IReadOnlyList<ImageReference> names, Stream output, CancellationToken ct) =>
        Border.Cross(() =>
        {
            // Docker's older manifest.json knows one platform.
            var main = written.Main;
            using var awaited = new AwaitedWriteStream(output, ct);
            new ArchiveWriter(awaited, _content).Write(
                [new SavedImage(written.Target, main.Config, main.Layers, names) { Annotations = written.Target.Annotations }],
                written.Contents.Select(c => c.Digest),
                ct
            );
            awaited.Flush();
        });

    // Several at once: compressing is what costs.
    Dictionary<Digest, Descriptor> Packed(IEnumerable<Descriptor> layers, ImageForm form, ContentLease lease, CancellationToken ct)
    {
        var from = layers.ToArray();
        var to = new Descriptor[from.Length];
        if (form.Compression is not { } compression)
            return from.ToDictionary(l => l.Digest);
        var several = new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) };
        try
        {
            Parallel.For(0, from.Length, several, i => to[i] = Recompress(from[i], compression, lease, ct));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return from.Zip(to).ToDictionary(p => p.First.Digest, p => p.Second);
    }

    static WrittenMember WriteMember(IndexMember member, ImageForm form, Dictionary<Digest, Descriptor> packed, ContentLease lease)
    {
        var config = lease.Write(
            JsonSerializer.SerializeToUtf8Bytes(member.Config, ImageJson.Plain.ImageConfig),
            form.TypeOf(MediaTypes.OciConfig)
        );
        Descriptor[] layers = [.. member.Layers.Select(l => packed[l.Digest]).Select(l => l with { MediaType = form.TypeOf(l.MediaType) })];
        var manifest = new ImageManifest
        {
            MediaType = form.TypeOf(MediaTypes.OciManifest),
            Config = config,
            Layers = layers,
            Annotations = member.ManifestAnnotations,
        };
        var written = lease.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), manifest.MediaType);
        return new WrittenMember(member.Platform, written with { Annotations = member.DescriptorAnnotations }, config, layers);
    }

    static Descriptor WriteIndex(
        IEnumerable<WrittenMember> members,
        ImageForm form,
        Dictionary<string, string>? annotations,
        ContentLease lease
    )
    {
        var index = new ImageIndex
        {
            MediaType = form.TypeOf(MediaTypes.OciIndex),
            Manifests = [.. members.Select(m => m.Manifest with { Platform = m.Platform })],
            Annotations = annotations,
        };
        return lease.Write(JsonSerializer.SerializeToUtf8Bytes(index, ImageJson.Plain.ImageIndex), index.MediaType);
    }
}
