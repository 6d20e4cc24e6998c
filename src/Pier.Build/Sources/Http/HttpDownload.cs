using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Build.Sources.Http;

/// <summary>ADD of a URL: one file, bounded in size and in silence, checked against --checksum while it is written.</summary>
sealed class HttpDownload(RemoteLimits limits)
{
    /// <summary>See <see cref="IRemoteSources"/>.</summary>
    public async Task<FetchedFile?> FetchAsync(HttpSource source, FetchedFile? known, string directory, CancellationToken ct)
    {
        using var fetcher = new HttpFetcher();
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(limits.Silence);
        try
        {
            var (answer, _) = await fetcher.GetAsync(
                source.Address,
                h =>
                {
                    if (known?.ETag is { Length: > 0 } tag)
                        h.TryAddWithoutValidation("If-None-Match", tag);
                    else if (known?.LastModified is { Length: > 0 } date)
                        h.TryAddWithoutValidation("If-Modified-Since", date);
                },
                silence.Token
            );
            using (answer)
            {
                if (answer.StatusCode == HttpStatusCode.NotModified && known is not null)
                    return null;
                if (answer.StatusCode != HttpStatusCode.OK)
                    throw new InvalidParameterException(
                        $"failed to fetch {HttpFetcher.Shown(source.Address)}: invalid response status {(int)answer.StatusCode}"
                    );
                return await ReceiveAsync(source, answer, directory, silence);
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new UnavailableException(
                $"failed to fetch {HttpFetcher.Shown(source.Address)}: nothing came for {limits.Silence.TotalSeconds:0} seconds",
                e
            );
        }
    }

    async Task<FetchedFile> ReceiveAsync(HttpSource source, HttpResponseMessage answer, string directory, CancellationTokenSource silence)
    {
        if (answer.Content.Headers.ContentLength > limits.FileBytes)
            throw TooLarge(source);
        var path = Path.Combine(directory, source.FileName);
        if (Path.GetFileName(path) != source.FileName || source.FileName is "." or "..")
            throw new InvalidParameterException($"invalid file name {source.FileName}");
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha512 = source.Checksum?.Algorithm == "sha512" ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null;
        await CopyAsync(
            source,
            answer,
            path,
            (part) =>
            {
                sha256.AppendData(part);
                sha512?.AppendData(part);
            },
            silence
        );
        var digest = Digest.FromSha256(sha256.GetHashAndReset());
        var got = sha512 is null ? digest : Digest.Parse("sha512:" + Convert.ToHexStringLower(sha512.GetHashAndReset()));
        if (source.Checksum is { } wanted && wanted != got)
        {
            File.Delete(path);
            throw new InvalidParameterException($"digest mismatch {got}: {wanted}");
        }
        if (answer.Content.Headers.LastModified is { } modified && modified > DateTimeOffset.UnixEpoch)
            File.SetLastWriteTimeUtc(path, modified.UtcDateTime);
        return new FetchedFile(
            digest,
            answer.Headers.ETag?.ToString(),
            answer.Content.Headers.LastModified?.ToString("r", CultureInfo.InvariantCulture)
        );
    }

    delegate void Part(ReadOnlySpan<byte> bytes);

    async Task CopyAsync(HttpSource source, HttpResponseMessage answer, string path, Part take, CancellationTokenSource silence)
    {
        await using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        await using var body = await answer.Content.ReadAsStreamAsync(silence.Token);
        var buffer = new byte[128 << 10];
        long total = 0;
        try
        {
            while (await body.ReadAsync(buffer, silence.Token) is var count and > 0)
            {
                silence.CancelAfter(limits.Silence);
                if ((total += count) > limits.FileBytes)
                    throw TooLarge(source);
                take(buffer.AsSpan(0, count));
                await file.WriteAsync(buffer.AsMemory(0, count), silence.Token);
            }
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            throw new UnavailableException($"failed to fetch {HttpFetcher.Shown(source.Address)}: {e.Message}", e);
        }
    }

    InvalidParameterException TooLarge(HttpSource source) =>
        new($"failed to fetch {HttpFetcher.Shown(source.Address)}: it is larger than {limits.FileBytes} bytes");
}
