using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using Pier.KernelTests.Distribution;

namespace Pier.KernelTests.Registry;

/// <summary>
/// As much of S3's protocol as the storage driver speaks, in memory, after its API reference: objects, ranges, listings by delimiter in
/// pages, and uploads in parts that become an object only when they are completed. Signatures are not checked; that is the SDK's affair.
/// </summary>
public sealed class S3Bucket : IAsyncDisposable
{
    const int PageSize = 3;

    readonly HttpListener _listener;
    readonly ConcurrentDictionary<string, (byte[] Bytes, DateTime Written, string Tag)> _objects = [];
    readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> _uploads = [];
    readonly Task _running;

    public S3Bucket()
    {
        (_listener, Endpoint) = FaultProxy.Listen();
        _running = RunAsync();
    }

    public string Endpoint { get; }
    public IEnumerable<string> Keys => _objects.Keys;
    public int Parts { get; private set; }

    async Task RunAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = WebUtility.UrlDecode(request.Url!.AbsolutePath).TrimStart('/');
        var key = path.IndexOf('/') is var slash and >= 0 ? path[(slash + 1)..] : "";
        var query = request.QueryString;
        if (request.Headers["Authorization"]?.StartsWith("AWS4-HMAC-SHA256 Credential=", StringComparison.Ordinal) != true)
            response.StatusCode = 403;
        else if (request.HttpMethod == "GET" && query["list-type"] == "2")
            await SendAsync(response, List(query["prefix"] ?? "", query["continuation-token"]));
        else if (request.HttpMethod == "POST" && request.Url.Query.StartsWith("?uploads", StringComparison.Ordinal))
            await SendAsync(response, Initiate(key));
        else if (request.HttpMethod == "PUT" && query["partNumber"] is { } number)
            await PartAsync(context, query["uploadId"]!, int.Parse(number, CultureInfo.InvariantCulture));
        else if (request.HttpMethod == "POST" && query["uploadId"] is { } id)
            await SendAsync(response, Complete(key, id));
        else if (request.HttpMethod == "PUT")
            await PutAsync(context, key);
        else if (request.HttpMethod == "DELETE")
            Delete(response, key);
        else
            await GetAsync(context, key);
        response.Close();
    }

    string List(string prefix, string? token)
    {
        var start = token is null ? 0 : int.Parse(token, CultureInfo.InvariantCulture);
        var entries = _objects
            .Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            .Select(k => k.IndexOf('/', prefix.Length) is var cut and >= 0 ? k[..(cut + 1)] : k)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();
        var text = new StringBuilder(
            $"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Prefix>{SecurityElement.Escape(prefix)}</Prefix><IsTruncated>{(start + PageSize < entries.Length ? "true" : "false")}</IsTruncated>"
        );
        if (start + PageSize < entries.Length)
            text.Append(CultureInfo.InvariantCulture, $"<NextContinuationToken>{start + PageSize}</NextContinuationToken>");
        foreach (var entry in entries.Skip(start).Take(PageSize))
            text.Append(
                entry.EndsWith('/')
                    ? $"<CommonPrefixes><Prefix>{SecurityElement.Escape(entry)}</Prefix></CommonPrefixes>"
                    : $"<Contents><Key>{SecurityElement.Escape(entry)}</Key><Size>1</Size></Contents>"
            );
        return text.Append("</ListBucketResult>").ToString();
    }

    string Initiate(string key)
    {
        var id = Guid.NewGuid().ToString("N");
        _uploads[id] = [];
        return $"<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>";
    }

    async Task PartAsync(HttpListenerContext context, string id, int number)
    {
        var bytes = await BodyAsync(context.Request);
        lock (_uploads[id])
            _uploads[id][number] = bytes;
        Parts++;
        context.Response.AddHeader("ETag", $"\"{number}\"");
    }

    string Complete(string key, string id)
    {
        _uploads.TryRemove(id, out var parts);
        _objects[key] = ([.. parts!.Values.SelectMany(p => p)], DateTime.UtcNow, $"\"{new string('0', 32)}-{parts.Count}\"");
        return $"<CompleteMultipartUploadResult><Key>{key}</Key><ETag>\"x\"</ETag></CompleteMultipartUploadResult>";
    }

    async Task PutAsync(HttpListenerContext context, string key)
    {
        var bytes = await BodyAsync(context.Request);
        // The SDK checks an object against it.
        var tag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes))}\"";
        _objects[key] = (bytes, DateTime.UtcNow, tag);
        context.Response.AddHeader("ETag", tag);
    }

    void Delete(HttpListenerResponse response, string key)
    {
        _objects.TryRemove(key, out _);
        response.StatusCode = 204;
    }

    async Task GetAsync(HttpListenerContext context, string key)
    {
        var response = context.Response;
        if (!_objects.TryGetValue(key, out var found))
        {
            response.StatusCode = 404;
            if (context.Request.HttpMethod == "GET")
                await SendAsync(response, "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>");
            return;
        }
        var bytes = found.Bytes;
        response.AddHeader("Last-Modified", found.Written.ToString("R", CultureInfo.InvariantCulture));
        response.AddHeader("ETag", found.Tag);
        if (context.Request.Headers["Range"] is { } range)
        {
            var ends = range["bytes=".Length..].Split('-').Select(e => int.Parse(e, CultureInfo.InvariantCulture)).ToArray();
            response.StatusCode = 206;
            response.AddHeader("Content-Range", $"bytes {ends[0]}-{ends[1]}/{bytes.Length}");
            bytes = bytes[ends[0]..(ends[1] + 1)];
        }
        response.ContentLength64 = bytes.Length;
        if (context.Request.HttpMethod == "GET")
            await response.OutputStream.WriteAsync(bytes);
    }

    static async Task<byte[]> BodyAsync(HttpListenerRequest request)
    {
        using var bytes = new MemoryStream();
        await request.InputStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    static async Task SendAsync(HttpListenerResponse response, string xml)
    {
        var bytes = Encoding.UTF8.GetBytes(xml);
        response.ContentType = "application/xml";
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        // Not Stop before: Close would then open the port again to close it.
        _listener.Close();
        await _running;
    }
}
