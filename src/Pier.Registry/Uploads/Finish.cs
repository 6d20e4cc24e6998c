using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Uploads;

/// <summary>PUT /v2/NAME/blobs/uploads/ID?digest=: the last chunk, or nothing, or everything; then the blob exists.</summary>
static class Finish
{
    public static Task HandleAsync(RegistryRequest request) => FinishAsync(request, request.Reference, keepOnFailure: true);

    /// <summary>A broken connection leaves an upload to be resumed where the client knows its id.</summary>
    public static async Task FinishAsync(RegistryRequest request, string id, bool keepOnFailure)
    {
        using var lease = await request.House.Spool.TakeAsync(request.Name, id, request.Aborted) ?? throw UploadAnswer.Unknown();
        if (!keepOnFailure)
            lease.Finish();
        if (request.Query("digest") is not { } text)
            throw new RegistryException(400, RegistryErrorCode.DigestInvalid, "digest missing");
        var digest = RegistryRequest.ParseDigest(text);
        await Append.AppendAsync(request, lease.Session);
        lease.Finish();
        if (!lease.Session.Is(digest))
            throw new RegistryException(400, RegistryErrorCode.DigestInvalid, "provided digest did not match uploaded content");
        await request.House.Blobs.AdoptAsync(request.Name, digest, lease.Session.File, lease.Session.Path, request.Aborted);
        UploadAnswer.Created(request, digest);
    }
}
