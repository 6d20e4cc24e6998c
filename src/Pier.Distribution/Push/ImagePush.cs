using System.Net;
using System.Net.Http.Headers;
using Pier.Distribution.Transport;
using Pier.Model;

namespace Pier.Distribution.Push;

/// <summary>One image to one place: the blobs, then the manifests from the leaves up, and the name last.</summary>
sealed class ImagePush(
    RegistrySession session,
    ImageReference reference,
    IPushSource source,
    RegistryClientOptions options,
    Action<TransferProgress> report
)
{
    /// <summary>Pushes a manifest or index with all that it refers to.</summary>
    public async Task RunAsync(Descriptor target, CancellationToken ct)
    {
        var manifests = new List<(Descriptor Descriptor, byte[] Bytes)>();
        var blobs = new Dictionary<Digest, Descriptor>();
        Gather(target, manifests, blobs);
        await BlobsAsync([.. blobs.Values], ct);
        foreach (var (descriptor, bytes) in manifests)
            await PutAsync(
                descriptor,
                bytes,
                descriptor.Digest == target.Digest ? reference.Tag ?? descriptor.Digest.ToString() : descriptor.Digest.ToString(),
                ct
            );
    }

    // Children first: a registry checks that what a manifest refers to is there.
    void Gather(Descriptor descriptor, List<(Descriptor, byte[])> manifests, Dictionary<Digest, Descriptor> blobs)
    {
        if (manifests.Exists(m => m.Item1.Digest == descriptor.Digest))
            return;
        var bytes = Read(descriptor);
        if (MediaTypes.IsIndex(descriptor.MediaType))
        {
            foreach (var child in ImageDocument.Index(bytes, descriptor.MediaType).Manifests)
            {
                if (!source.Has(child))
                    throw new NotFoundException(
                        $"the image is not whole here: {child.Platform?.ToString() ?? child.Digest.ToString()} is missing; push one platform instead"
                    );
                // A build cache's index lists its layers and its configuration as they are.
                if (MediaTypes.IsManifest(child.MediaType) || MediaTypes.IsIndex(child.MediaType))
                    Gather(child, manifests, blobs);
                else
                    blobs[child.Digest] = child;
            }
        }
        else
        {
            var manifest = ImageDocument.Manifest(bytes, descriptor.MediaType);
            foreach (var blob in manifest.Layers.Where(l => l.Urls is not { Length: > 0 } || source.Has(l)).Append(manifest.Config))
                blobs[blob.Digest] = blob;
        }
        manifests.Add((descriptor, bytes));
    }

    byte[] Read(Descriptor descriptor)
    {
        if (descriptor.Size > ImageDocument.MaxSize)
            throw new InvalidParameterException($"manifest {descriptor.Digest} is too large");
        using var stream = source.Open(descriptor);
        var bytes = new byte[descriptor.Size];
        stream.ReadExactly(bytes);
        return bytes;
    }

    async Task BlobsAsync(IReadOnlyList<Descriptor> blobs, CancellationToken ct)
    {
        foreach (var blob in blobs.Where(IsLayer))
            report(new TransferProgress(Pull.ImagePull.ShortId(blob), "Preparing"));
        await Parallel.ForEachAsync(
            blobs,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.MaxConcurrentUploads), CancellationToken = ct },
            async (blob, token) => await BlobAsync(blob, token)
        );
    }

    async Task BlobAsync(Descriptor blob, CancellationToken ct)
    {
        var id = Pull.ImagePull.ShortId(blob);
        var meter = new ProgressMeter(id, "Pushing", blob.Size, IsLayer(blob) ? report : _ => { });
        var upload = new BlobUpload(session, reference.Path, blob, () => source.Open(blob), options, meter.Reached);
        var (outcome, from) = await upload.RunAsync(source.MountCandidates(blob), ct);
        if (!IsLayer(blob))
            return;
        report(
            new TransferProgress(
                id,
                outcome switch
                {
                    UploadOutcome.Existed => "Layer already exists",
                    UploadOutcome.Mounted => $"Mounted from {from}",
                    _ => "Pushed",
                }
            )
        );
    }

    async Task PutAsync(Descriptor descriptor, byte[] bytes, string name, CancellationToken ct)
    {
        using var answer = await session.SendAsync(
            $"v2/{reference.Path}/manifests/{name}",
            RegistrySession.PushScope(reference.Path),
            address =>
            {
                var content = new ByteArrayContent(bytes);
                content.Headers.ContentType = new MediaTypeHeaderValue(descriptor.MediaType);
                return new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
            },
            ct
        );
        if (answer.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.Accepted or HttpStatusCode.OK))
            throw await RegistryFailure.OfAsync(answer, ct);
    }

    static bool IsLayer(Descriptor blob) => MediaTypes.IsLayer(blob.MediaType);
}
