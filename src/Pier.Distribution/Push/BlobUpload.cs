using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Pier.Distribution.Transport;
using Pier.Model;

namespace Pier.Distribution.Push;

/// <summary>How a blob came to be in a repository.</summary>
enum UploadOutcome
{
    Existed,
    Mounted,
    Uploaded,
}

/// <summary>
/// Brings one blob into a repository: looks whether it is there, asks another repository to share it, or uploads it, whole or in chunks. A
/// broken upload goes on where the registry says that it stopped.
/// </summary>
sealed class BlobUpload(
    RegistrySession session,
    string repository,
    Descriptor blob,
    Func<Stream> open,
    RegistryClientOptions options,
    Action<long> progress
)
{
    string _scope = RegistrySession.PushScope(repository);

    public async Task<(UploadOutcome Outcome, string? From)> RunAsync(IReadOnlyList<string> candidates, CancellationToken ct)
    {
        using (
            var head = await session.SendAsync(
                $"v2/{repository}/blobs/{blob.Digest}",
                _scope,
                address => new HttpRequestMessage(HttpMethod.Head, address),
                ct
            )
        )
        {
            if (head.StatusCode == HttpStatusCode.OK)
                return (UploadOutcome.Existed, null);
            if (head.StatusCode != HttpStatusCode.NotFound)
                throw await RegistryFailure.OfAsync(head, ct);
        }
        foreach (var from in candidates.Where(c => c != repository).Take(3))
        {
            var (mounted, begun) = await BeginAsync(from, ct);
            if (mounted)
                return (UploadOutcome.Mounted, from);
            // The registry began an upload instead: it serves as well as another.
            await UploadAsync(begun!, ct);
            return (UploadOutcome.Uploaded, null);
        }
        await UploadAsync((await BeginAsync(null, ct)).Location!, ct);
        return (UploadOutcome.Uploaded, null);
    }

    async Task<(bool Mounted, Uri? Location)> BeginAsync(string? from, CancellationToken ct)
    {
        var query = from is null ? "" : $"?mount={blob.Digest}&from={Uri.EscapeDataString(from)}";
        if (from is not null)
            _scope = $"{RegistrySession.PushScope(repository)} {RegistrySession.PullScope(from)}";
        using var answer = await session.SendAsync(
            $"v2/{repository}/blobs/uploads/{query}",
            _scope,
            address => new HttpRequestMessage(HttpMethod.Post, address) { Content = Empty() },
            ct
        );
        if (answer.StatusCode == HttpStatusCode.Created && from is not null)
            return (true, null);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw await RegistryFailure.OfAsync(answer, ct);
        return (false, LocationOf(answer));
    }

    async Task UploadAsync(Uri location, CancellationToken ct)
    {
        long offset = 0;
        for (var failures = 1; ; failures++)
        {
            try
            {
                await SendFromAsync(location, offset, ct);
                return;
            }
            catch (Exception e)
                when (failures < session.Retries.MaxAttempts
                    && !ct.IsCancellationRequested
                    && (RetryPolicy.IsTransient(e) || e is RegistryFailure { Status: var status } && RetryPolicy.IsTransient(status))
                )
            {
                await session.Retries.PauseAsync(failures, (e as RegistryFailure)?.RetryAfter, ct);
            }
            (location, offset) = await WhereAsync(location, ct) ?? ((await BeginAsync(null, ct)).Location!, 0);
        }
    }

    // With nothing sent yet and no chunk size, one PUT does it.
    async Task SendFromAsync(Uri location, long offset, CancellationToken ct)
    {
        while (offset > 0 && offset < blob.Size || options.UploadChunk > 0 && blob.Size - offset > options.UploadChunk)
        {
            var count = options.UploadChunk > 0 ? Math.Min(options.UploadChunk, blob.Size - offset) : blob.Size - offset;
            using var chunk = await SendBytesAsync(HttpMethod.Patch, location, offset, count, ct);
            if (chunk.StatusCode != HttpStatusCode.Accepted)
                throw await RegistryFailure.OfAsync(chunk, ct);
            (location, offset) = (LocationOf(chunk), offset + count);
        }
        var separator = location.Query.Length > 0 ? "&" : "?";
        var whole = new Uri($"{location.AbsoluteUri}{separator}digest={Uri.EscapeDataString(blob.Digest.ToString())}");
        using var answer = await SendBytesAsync(HttpMethod.Put, whole, offset, blob.Size - offset, ct);
        if (answer.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.NoContent))
            throw await RegistryFailure.OfAsync(answer, ct);
    }

    async Task<HttpResponseMessage> SendBytesAsync(HttpMethod method, Uri location, long offset, long count, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            return await SendPartAsync(method, location, offset, count, limit);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{session.Host} did not answer after it had everything");
        }
    }

    // The content is opened anew for every request that is really sent: a refused one may be sent twice. The clock runs from its last byte
    // on, and a registry has to hash and store what it got first.
    Task<HttpResponseMessage> SendPartAsync(HttpMethod method, Uri location, long offset, long count, CancellationTokenSource limit)
    {
        return session.SendOnceAsync(
            location.AbsoluteUri,
            _scope,
            address =>
            {
                HttpContent content = count == 0 ? Empty() : new BlobPart(open, offset, count, progress, options.StallLimit, SentAll);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                if (count > 0 && (offset > 0 || method == HttpMethod.Patch))
                    content.Headers.TryAddWithoutValidation(
                        "Content-Range",
                        string.Create(CultureInfo.InvariantCulture, $"{offset}-{offset + count - 1}")
                    );
                return new HttpRequestMessage(method, address) { Content = content };
            },
            limit.Token
        );

        void SentAll() => limit.CancelAfter(options.StallLimit * 4);
    }

    // Null where the upload is gone.
    async Task<(Uri, long)?> WhereAsync(Uri location, CancellationToken ct)
    {
        using var answer = await session.SendAsync(location.AbsoluteUri, _scope, RegistrySession.Get, ct);
        if (answer.StatusCode != HttpStatusCode.NoContent)
            return null;
        var range =
            answer.Headers.TryGetValues("Range", out var values) || answer.Content.Headers.TryGetValues("Range", out values)
                ? values.First()
                : "";
        if (!long.TryParse(range[(range.IndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            return null;
        // "0-0" may mean one byte or none: start anew rather than guess.
        return last == 0 || last >= blob.Size ? null : (LocationOf(answer), last + 1);
    }

    static Uri LocationOf(HttpResponseMessage answer) =>
        answer.Headers.Location is { } location
            ? new Uri(answer.RequestMessage!.RequestUri!, location)
            : throw new UnavailableException("the registry began an upload without saying where it goes on");

    static ByteArrayContent Empty() => new([]);
}
