using System.Security.Cryptography;
using Google.Protobuf;
using Pier.Contracts.BuildKit;
using Pier.Contracts.BuildKit.Contents;
using Pier.Contracts.Grpc;
using Pier.Model;

namespace Pier.Cli.Builds.Sessions;

/// <summary>Serves the directories that hold caches, as containerd's content service.</summary>
sealed class ContentService(IReadOnlyDictionary<string, ContentDirectory> stores)
{
    const int PartSize = 1 << 20;

    public IEnumerable<KeyValuePair<string, Func<ServedCall, Task>>> Methods() =>
        stores.Count == 0
            ? []
            : [new(ContentPaths.Info, InfoAsync), new(ContentPaths.Read, ReadAsync), new(ContentPaths.Write, WriteAsync)];

    async Task InfoAsync(ServedCall call)
    {
        var digest = DigestOf((await call.ReadAsync(InfoRequest.Parser).ConfigureAwait(false))?.Digest);
        await call.WriteAsync(
                new InfoResponse
                {
                    Info = new Info { Digest = digest.ToString(), Size = StoreOf(call).Size(digest) ?? throw Missing(digest) },
                }
            )
            .ConfigureAwait(false);
    }

    async Task ReadAsync(ServedCall call)
    {
        var request = await call.ReadAsync(ReadContentRequest.Parser).ConfigureAwait(false);
        var (digest, store) = (DigestOf(request?.Digest), StoreOf(call));
        var size = store.Size(digest) ?? throw Missing(digest);
        if (request!.Offset < 0 || request.Offset > size || request.Size < 0)
            throw new GrpcException(GrpcCode.OutOfRange, "read past the end of the content");
        await using var blob = store.Open(digest);
        blob.Position = request.Offset;
        var left = request.Size == 0 ? size - request.Offset : Math.Min(request.Size, size - request.Offset);
        var buffer = new byte[PartSize];
        while (left > 0)
        {
            var offset = blob.Position;
            var read = await blob.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length))).ConfigureAwait(false);
            if (read == 0)
                throw new GrpcException(GrpcCode.DataLoss, $"content {digest} became shorter");
            left -= read;
            await call.WriteAsync(new ReadContentResponse { Offset = offset, Data = ByteString.CopyFrom(buffer, 0, read) })
                .ConfigureAwait(false);
        }
    }

    async Task WriteAsync(ServedCall call)
    {
        var store = StoreOf(call);
        await using var file = store.Begin();
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while (await call.ReadAsync(WriteContentRequest.Parser).ConfigureAwait(false) is { } request)
            {
                if (request.Action != WriteAction.Stat && request.Offset != file.Length)
                    throw new GrpcException(
                        GrpcCode.OutOfRange,
                        $"content has {file.Length} bytes, the next part begins at {request.Offset}"
                    );
                file.Write(request.Data.Span);
                hash.AppendData(request.Data.Span);
                if (request.Action == WriteAction.Commit)
                {
                    var digest = Digest.FromSha256(hash.GetHashAndReset());
                    if (request.Expected.Length > 0 && request.Expected != digest.ToString())
                        throw new GrpcException(
                            GrpcCode.FailedPrecondition,
                            $"unexpected commit digest {digest}, expected {request.Expected}"
                        );
                    store.Adopt(file.Name, digest);
                    await call.WriteAsync(Answer(request, file.Length, digest.ToString())).ConfigureAwait(false);
                    return;
                }
                await call.WriteAsync(Answer(request, file.Length, "")).ConfigureAwait(false);
            }
        }
        finally
        {
            File.Delete(file.Name);
        }
    }

    static WriteContentResponse Answer(WriteContentRequest request, long length, string digest) =>
        new()
        {
            Action = request.Action,
            Offset = length,
            Total = request.Total,
            Digest = digest,
        };

    ContentDirectory StoreOf(ServedCall call) =>
        call.Metadata(ContentPaths.StoreKey) is [var name, ..] && stores.TryGetValue(name, out var store)
            ? store
            : throw new GrpcException(GrpcCode.NotFound, "no such content store");

    static Digest DigestOf(string? text) =>
        Digest.TryParse(text, out var digest) ? digest : throw new GrpcException(GrpcCode.InvalidArgument, $"{text} is no digest");

    static GrpcException Missing(Digest digest) => new(GrpcCode.NotFound, $"content {digest}: not found");
}
