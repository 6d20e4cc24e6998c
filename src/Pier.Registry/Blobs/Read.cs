using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Blobs;

/// <summary>GET and HEAD /v2/NAME/blobs/DIGEST, whole or in part.</summary>
static class Read
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        var digest = request.Digest();
        var size = await request.House.Blobs.SizeAsync(request.Name, digest, request.Aborted);
        if (size is null && request.House.PullThrough is { } upstream)
        {
            await upstream.BlobAsync(request.Name, digest, request.Aborted);
            size = await request.House.Blobs.SizeAsync(request.Name, digest, request.Aborted);
        }
        if (size is not { } total)
            throw new RegistryException(404, RegistryErrorCode.BlobUnknown, "blob unknown to registry");

        var headers = request.Response.Headers;
        headers["Docker-Content-Digest"] = digest.ToString();
        headers.ETag = $"\"{digest}\"";
        headers.CacheControl = "max-age=31536000";
        headers.AcceptRanges = "bytes";
        if (request.Request.Headers.IfNoneMatch.ToString().Contains(digest.ToString(), StringComparison.Ordinal))
        {
            request.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        if (!ByteRange.TryParse(request.IsHead ? null : request.Request.Headers.Range.ToString(), total, out var range))
        {
            headers.ContentRange = $"bytes */{total}";
            throw new RegistryException(416, RegistryErrorCode.RangeInvalid, "the range is outside the blob");
        }
        await SendAsync(request, digest, total, range);
    }

    static async Task SendAsync(RegistryRequest request, Model.Digest digest, long total, ByteRange? range)
    {
        var response = request.Response;
        if (range is { } part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {part.First}-{part.Last}/{total}";
        }
        var (offset, count) = range is { } asked ? (asked.First, asked.Length) : (0, total);
        response.ContentType = "application/octet-stream";
        response.ContentLength = count;
        if (request.IsHead)
            return;
        await response.StartAsync(request.Aborted);
        await request.House.Blobs.SendAsync(digest, offset, count, response.BodyWriter, request.Aborted);
        request.House.Metrics.Sent(count);
    }
}
