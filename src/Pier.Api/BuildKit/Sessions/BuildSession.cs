using Google.Protobuf;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Health;
using Pier.Contracts.BuildKit.Sessions;
using Pier.Contracts.BuildKit.Transfers;
using Pier.Contracts.Grpc;
using Pier.Engine.Builds.Sessions;
using Pier.Engine.Images;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>A client's session: gRPC calls to the services that it exposes. Ends with its stream.</summary>
sealed partial class BuildSession : IBuildSession, IAsyncDisposable
{
    /// <summary>How often a silent client is asked whether it is still there, and how long it may think about that.</summary>
    static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(10),
        HealthLimit = TimeSpan.FromSeconds(30);

    /// <summary>As in BuildKit: what is larger is no secret.</summary>
    const int MaxSecret = 500 << 10;

    readonly GrpcChannel _channel;
    readonly SessionHeaders _headers;
    readonly CancellationTokenSource _closing = new();

    public BuildSession(SessionHeaders headers, Stream stream)
    {
        _headers = headers;
        _channel = new GrpcChannel(stream);
    }

    public string Id => _headers.Id;
    public string SharedKey => _headers.SharedKey.Length > 0 ? _headers.SharedKey : _headers.Id;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Closed => _closing.Token;

    /// <summary>Asks for signs of life until there are none, or the stream ends.</summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        try
        {
            while (!_channel.Completion.IsCompleted && await IsAliveAsync(ct))
                await Task.WhenAny(_channel.Completion, Task.Delay(HealthInterval, ct));
        }
        catch (OperationCanceledException)
        {
            // The stream ended first.
        }
        finally
        {
            await _closing.CancelAsync();
        }
    }

    public async Task SendDirectoryAsync(DirectoryRequest request, IDirectoryReceiver receiver, CancellationToken ct)
    {
        using var ended = Linked(ct);
        await Guarded(
            async () =>
            {
                await using var streams = await _channel.OpenAsync(
                    "/moby.filesync.v1.FileSync/DiffCopy",
                    DirectoryMetadata.Of(request),
                    ended.Token
                );
                using var transfer = new DirectoryReception(streams, receiver, request.Progress);
                await transfer.RunAsync(ended.Token);
                return true;
            },
            ct
        );
    }

    public Task<ReadOnlyMemory<byte>?> FindSecretAsync(string id, CancellationToken ct) =>
        Guarded<ReadOnlyMemory<byte>?>(
            async () =>
            {
                if (
                    await FindAsync(
                        "/moby.buildkit.secrets.v1.Secrets/GetSecret",
                        new GetSecretRequest { ID = id },
                        GetSecretResponse.Parser,
                        ct
                    )
                    is not { } answer
                )
                    return null;
                if (answer.Data.Length > MaxSecret)
                    throw new InvalidParameterException(
                        $"invalid secret size {answer.Data.Length}: secret {id} is larger than {MaxSecret}"
                    );
                return answer.Data.Memory;
            },
            ct
        );

    public Task<bool> HasAgentAsync(string id, CancellationToken ct) =>
        Guarded(
            async () =>
                await FindAsync("/moby.sshforward.v1.SSH/CheckAgent", new CheckAgentRequest { ID = id }, CheckAgentResponse.Parser, ct)
                    is not null,
            ct
        );

    public async Task<Stream> OpenAgentAsync(string id, CancellationToken ct) =>
        new BytesStream(await _channel.OpenAsync("/moby.sshforward.v1.SSH/ForwardAgent", [new("buildkit.ssh.id", id)], ct));

    public Task<RegistryAuth?> FindCredentialsAsync(string host, CancellationToken ct) =>
        Guarded(
            async () =>
            {
                // Clients turn this host's name into the hub's entry of their configuration.
                var request = new CredentialsRequest { Host = host == "docker.io" ? "registry-1.docker.io" : host };
                if (
                    await FindAsync("/moby.filesync.v1.Auth/Credentials", request, CredentialsResponse.Parser, ct)
                    is not { Secret.Length: > 0 } found
                )
                    return null;
                // Without a user name the secret is an identity token.
                return found.Username.Length > 0
                    ? new RegistryAuth(found.Username, found.Secret, null, null)
                    : new RegistryAuth("", "", found.Secret, null);
            },
            ct
        );

    public async Task<IBuildOutput> OpenOutputAsync(
        string exporterId,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken ct
    ) => new ArchiveOutput(await OpenFileSendAsync(exporterId, metadata, ct));

    public async Task ReceiveTreeAsync(string exporterId, IDirectorySender tree, CancellationToken ct)
    {
        using var ended = Linked(ct);
        await Guarded(
            async () =>
            {
                await using var streams = await OpenFileSendAsync(exporterId, new Dictionary<string, string>(), ended.Token);
                using var transfer = new DirectoryDelivery(streams, tree);
                await transfer.RunAsync(ended.Token);
                return true;
            },
            ct
        );
    }

    /// <summary>An archive that the client serves (a context from its standard input), as a stream.</summary>
    public async Task<Stream> OpenUploadAsync(Uri address, CancellationToken ct) =>
        new BytesStream(
            await _channel.OpenAsync(
                "/moby.upload.v1.Upload/Pull",
                [new("urlpath", address.AbsolutePath), new("urlhost", address.Host)],
                ct
            )
        );

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _channel.DisposeAsync();
    }

    Task<GrpcStreams> OpenFileSendAsync(string exporterId, IReadOnlyDictionary<string, string> metadata, CancellationToken ct)
    {
        var headers = metadata.Select(m => KeyValuePair.Create("exporter-md-" + m.Key.ToLowerInvariant(), m.Value)).ToList();
        if (exporterId.Length > 0)
            headers.Add(new("buildkit-attachable-exporter-id", exporterId));
        return _channel.OpenAsync("/moby.filesync.v1.FileSend/DiffCopy", headers, ct);
    }

    /// <summary>Null for what the client does not have, and for services that it does not serve.</summary>
    async Task<T?> FindAsync<T>(string path, IMessage message, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        using var ended = Linked(ct);
        try
        {
            return await _channel.CallAsync(path, message, parser, ended.Token);
        }
        catch (GrpcException e) when (e.Code is GrpcCode.NotFound or GrpcCode.Unimplemented)
        {
            return null;
        }
    }

    /// <summary>Asks the client for a sign of life.</summary>
    public async Task<bool> IsAliveAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(HealthLimit);
        try
        {
            await _channel.CallAsync("/grpc.health.v1.Health/Check", new HealthCheckRequest(), HealthCheckResponse.Parser, limit.Token);
            return true;
        }
        catch (GrpcException e)
        {
            // A client without the service has answered all the same.
            return e.Code is not GrpcCode.Unavailable;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    CancellationTokenSource Linked(CancellationToken ct) => CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);

    // What the client answered, in the engine's family of errors.
    async Task<T> Guarded<T>(Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (GrpcException e) when (!ct.IsCancellationRequested)
        {
            throw e.Code switch
            {
                GrpcCode.NotFound => new NotFoundException(e.Message, e),
                GrpcCode.Unavailable => new UnavailableException(e.Message, e),
                _ => new InvalidParameterException(e.Message, e),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && _closing.IsCancellationRequested)
        {
            throw new UnavailableException("the client's session is gone");
        }
    }
}
