using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Uploads;

/// <summary>PATCH /v2/NAME/blobs/uploads/ID: one chunk, in order, or a stream.</summary>
static class Append
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        using var lease =
            await request.House.Spool.TakeAsync(request.Name, request.Reference, request.Aborted) ?? throw UploadAnswer.Unknown();
        await AppendAsync(request, lease.Session);
        UploadAnswer.Progress(request, request.Reference, lease.Session.Offset);
        request.Answer(StatusCodes.Status202Accepted, UploadAnswer.Location(request, request.Reference));
    }

    /// <summary>Appends the request's body where its Content-Range says; throws RANGE_INVALID for a chunk out of order.</summary>
    public static async Task AppendAsync(RegistryRequest request, UploadSession session)
    {
        ByteRange? chunk = null;
        if (request.Request.Headers.ContentRange is [{ Length: > 0 } header, ..])
        {
            if (
                !ByteRange.TryParseChunk(header, out var parsed)
                || parsed.First != session.Offset
                || request.Request.ContentLength is { } length && length != parsed.Length
            )
                throw OutOfOrder(request, session);
            chunk = parsed;
        }
        var start = session.Offset;
        try
        {
            await session.AppendAsync(request.Request.BodyReader, request.Aborted);
        }
        catch (IOException)
        {
            session.Trim();
            throw;
        }
        finally
        {
            request.House.Metrics.Received(session.Offset - start);
        }
        if (chunk is { } announced && session.Offset - start != announced.Length)
            throw new RegistryException(
                400,
                RegistryErrorCode.SizeInvalid,
                $"the chunk has {session.Offset - start} bytes, its Content-Range says {announced.Length}"
            );
    }

    static RegistryException OutOfOrder(RegistryRequest request, UploadSession session)
    {
        UploadAnswer.Progress(request, request.Reference, session.Offset);
        request.Response.Headers.Location = UploadAnswer.Location(request, request.Reference);
        return new RegistryException(416, RegistryErrorCode.RangeInvalid, $"invalid content range: the upload has {session.Offset} bytes");
    }
}
