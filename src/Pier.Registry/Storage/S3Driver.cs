using System.IO.Pipelines;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Win32.SafeHandles;

namespace Pier.Registry.Storage;

/// <summary>
/// Objects in a bucket of Amazon S3 or of a server with its protocol. S3 shows an object when it is whole, which is all that is asked of
/// it.
/// </summary>
sealed class S3Driver : IStorageDriver
{
    // S3 takes at most 10,000 parts.
    const long SmallestPart = 16 << 20,
        MostParts = 9_000;

    readonly AmazonS3Client _client;
    readonly S3Options _options;

    public S3Driver(S3Options options)
    {
        _options = options;
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            // Other servers than Amazon's know neither bucket host names nor its newer checksums.
            ForcePathStyle = options.Endpoint is not null,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
            config.ServiceURL = endpoint;
        else
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        _client = options is { AccessKey: { } key, SecretKey: { } secret }
            ? new AmazonS3Client(new BasicAWSCredentials(key, secret), config)
            : new AmazonS3Client(config);
    }

    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct)
    {
        try
        {
            using var answer = await _client.GetObjectAsync(_options.Bucket, Full(key), ct);
            using var bytes = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(bytes, ct);
            return bytes.ToArray();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async ValueTask WriteAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        await PutAsync(key, content, ct);
    }

    public async ValueTask AdoptAsync(SafeFileHandle file, string path, string key, CancellationToken ct)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (content.Length <= SmallestPart)
            await PutAsync(key, content, ct);
        else
            await PutPartsAsync(key, content, ct);
    }

    Task PutAsync(string key, Stream content, CancellationToken ct) =>
        _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = _options.Bucket,
                Key = Full(key),
                InputStream = content,
                UseChunkEncoding = false,
            },
            ct
        );

    // The object appears with the completion; a killed server's parts are the bucket's lifecycle rule's to remove.
    async Task PutPartsAsync(string key, FileStream content, CancellationToken ct)
    {
        var begun = await _client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = _options.Bucket, Key = Full(key) },
            ct
        );
        try
        {
            var parts = new List<PartETag>();
            var size = Math.Max(SmallestPart, content.Length / MostParts + 1);
            for (long offset = 0; offset < content.Length; offset += size)
            {
                var answer = await _client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = _options.Bucket,
                        Key = Full(key),
                        UploadId = begun.UploadId,
                        PartNumber = parts.Count + 1,
                        InputStream = content,
                        FilePosition = offset,
                        PartSize = Math.Min(size, content.Length - offset),
                        UseChunkEncoding = false,
                    },
                    ct
                );
                parts.Add(new PartETag(parts.Count + 1, answer.ETag));
            }
            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = _options.Bucket,
                    Key = Full(key),
                    UploadId = begun.UploadId,
                    PartETags = parts,
                },
                ct
            );
        }
        catch
        {
            await _client.AbortMultipartUploadAsync(_options.Bucket, Full(key), begun.UploadId, CancellationToken.None);
            throw;
        }
    }

    public async ValueTask<StoredObject?> StatAsync(string key, CancellationToken ct)
    {
        try
        {
            var answer = await _client.GetObjectMetadataAsync(_options.Bucket, Full(key), ct);
            return new StoredObject(
                answer.ContentLength,
                answer.LastModified is { } written ? new DateTimeOffset(written.ToUniversalTime(), TimeSpan.Zero) : DateTimeOffset.UnixEpoch
            );
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async ValueTask SendAsync(string key, long offset, long count, PipeWriter output, CancellationToken ct)
    {
        if (count == 0)
            return;
        var request = new GetObjectRequest
        {
            BucketName = _options.Bucket,
            Key = Full(key),
            ByteRange = new Amazon.S3.Model.ByteRange(offset, offset + count - 1),
        };
        using var answer = await _client.GetObjectAsync(request, ct);
        while (count > 0)
        {
            var memory = output.GetMemory(128 << 10);
            if (memory.Length > count)
                memory = memory[..(int)count];
            var read = await answer.ResponseStream.ReadAsync(memory, ct);
            if (read == 0)
                throw new EndOfStreamException($"{key} is shorter than it was");
            output.Advance(read);
            count -= read;
            if ((await output.FlushAsync(ct)).IsCompleted)
                return;
        }
    }

    public async ValueTask<IReadOnlyList<string>> ChildrenAsync(string directory, CancellationToken ct)
    {
        var names = new List<string>();
        var prefix = Full(directory) + "/";
        var request = new ListObjectsV2Request
        {
            BucketName = _options.Bucket,
            Prefix = prefix,
            Delimiter = "/",
        };
        while (true)
        {
            var answer = await _client.ListObjectsV2Async(request, ct);
            names.AddRange((answer.CommonPrefixes ?? []).Select(p => p[prefix.Length..]));
            names.AddRange((answer.S3Objects ?? []).Select(o => o.Key[prefix.Length..]).Where(n => n.Length > 0));
            if (answer.IsTruncated != true)
                return names;
            request.ContinuationToken = answer.NextContinuationToken;
        }
    }

    public async ValueTask<bool> DeleteAsync(string key, CancellationToken ct)
    {
        // S3 answers alike whether there was one.
        if (await StatAsync(key, ct) is null)
            return false;
        await _client.DeleteObjectAsync(_options.Bucket, Full(key), ct);
        return true;
    }

    string Full(string key) => _options.Prefix.Length == 0 ? key : $"{_options.Prefix.TrimEnd('/')}/{key}";

    public void Dispose() => _client.Dispose();
}
