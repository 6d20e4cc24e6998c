using Google.Protobuf;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit;
using Pier.Contracts.BuildKit.Contents;
using Pier.Contracts.Grpc;
using Pier.Model;

namespace Pier.Api.BuildKit.Sessions;

// The client's content stores: caches of type local.
sealed partial class BuildSession
{
    /// <summary>Below every gRPC implementation's limit of 4 MiB a message.</summary>
    const int WriteSize = 1 << 20;

    public Task<byte[]> ReadContentAsync(string store, Digest digest, CancellationToken ct) =>
        Guarded(
            async () =>
            {
                using var ended = Linked(ct);
                await using var call = await OpenReadAsync(store, digest, 0, ended.Token);
                using var document = new MemoryStream();
                while (await call.ReadAsync(ReadContentResponse.Parser) is { } part)
                {
                    if (document.Length + part.Data.Length > ImageDocument.MaxSize)
                        throw new InvalidParameterException($"content {digest} is larger than {ImageDocument.MaxSize} bytes");
                    document.Write(part.Data.Span);
                }
                var bytes = document.ToArray();
                return Digest.Of(bytes) == digest
                    ? bytes
                    : throw new InvalidParameterException($"content digest is {Digest.Of(bytes)}, expected {digest}");
            },
            ct
        );

    public async Task<Stream> OpenContentAsync(string store, Descriptor blob, long offset, CancellationToken ct) =>
        new ContentStream(await Guarded(() => OpenReadAsync(store, blob.Digest, offset, ct), ct), blob.Size - offset);

    public Task WriteContentAsync(string store, Descriptor blob, Func<Stream> open, CancellationToken ct) =>
        Guarded(
            async () =>
            {
                using var ended = Linked(ct);
                if (await HasContentAsync(store, blob.Digest, ended.Token))
                    return true;
                try
                {
                    await using var call = await _channel.OpenAsync(ContentPaths.Write, Named(store), ended.Token);
                    await SendAsync(call, blob, open);
                }
                catch (GrpcException e) when (e.Code is GrpcCode.AlreadyExists)
                {
                    // Somebody else brought it in meanwhile.
                }
                return true;
            },
            ct
        );

    static async Task SendAsync(GrpcStreams call, Descriptor blob, Func<Stream> open)
    {
        var name = $"pier-{blob.Digest}-{Guid.NewGuid():N}";
        var about = new WriteContentRequest
        {
            Ref = name,
            Total = blob.Size,
            Expected = blob.Digest.ToString(),
        };
        await AskAsync(call, new WriteContentRequest(about) { Action = WriteAction.Stat });
        await using var content = open();
        var buffer = new byte[WriteSize];
        long offset = 0;
        for (int read; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false)) > 0; offset += read)
            await AskAsync(
                call,
                new WriteContentRequest(about)
                {
                    Action = WriteAction.Write,
                    Offset = offset,
                    Data = ByteString.CopyFrom(buffer, 0, read),
                }
            );
        await AskAsync(call, new WriteContentRequest(about) { Action = WriteAction.Commit, Offset = offset });
        await call.CompleteWritesAsync();
    }

    // Every message is answered before the next one goes out: the client tells where it stands.
    static async Task AskAsync(GrpcStreams call, WriteContentRequest request)
    {
        await call.WriteAsync(request);
        if (await call.ReadAsync(WriteContentResponse.Parser) is null)
            throw new GrpcException(GrpcCode.Internal, "the client ended the transfer");
    }

    async Task<bool> HasContentAsync(string store, Digest digest, CancellationToken ct)
    {
        try
        {
            await using var call = await _channel.OpenAsync(ContentPaths.Info, Named(store), ct);
            await call.WriteAsync(new InfoRequest { Digest = digest.ToString() });
            await call.CompleteWritesAsync();
            return await call.ReadAsync(InfoResponse.Parser) is not null;
        }
        catch (GrpcException e) when (e.Code is GrpcCode.NotFound)
        {
            return false;
        }
    }

    async Task<GrpcStreams> OpenReadAsync(string store, Digest digest, long offset, CancellationToken ct)
    {
        var call = await _channel.OpenAsync(ContentPaths.Read, Named(store), ct);
        await call.WriteAsync(new ReadContentRequest { Digest = digest.ToString(), Offset = offset });
        await call.CompleteWritesAsync();
        return call;
    }

    static IEnumerable<KeyValuePair<string, string>> Named(string store) => [new(ContentPaths.StoreKey, store)];
}
