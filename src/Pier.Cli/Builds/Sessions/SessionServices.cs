using System.Net.Sockets;
using Google.Protobuf;
using Pier.Cli.Registries;
using Pier.Contracts.BuildKit.Health;
using Pier.Contracts.BuildKit.Sessions;
using Pier.Contracts.BuildKit.Transfers;
using Pier.Contracts.Grpc;
using Pier.Model.Builds;

namespace Pier.Cli.Builds.Sessions;

/// <summary>What a build may ask of this client, and the answers.</summary>
sealed class SessionServices
{
    /// <summary>Directories by name; each is made for what a call wants of it.</summary>
    public required IReadOnlyDictionary<
        string,
        Func<IReadOnlyList<string>, IReadOnlyList<string>, IDirectorySender>
    > Directories { get; init; }

    /// <summary>Reads a secret by its id.</summary>
    public required IReadOnlyDictionary<string, Func<byte[]>> Secrets { get; init; }

    /// <summary>Sockets of ssh agents by id.</summary>
    public required IReadOnlyDictionary<string, string> Agents { get; init; }

    public required CredentialFile Credentials { get; init; }

    /// <summary>Directories that hold caches.</summary>
    public required ContentService Contents { get; init; }

    /// <summary>Writes the context as a tar; null when it is no archive.</summary>
    public Action<Stream>? Upload { get; init; }

    /// <summary>Where the result goes; null keeps it with the daemon.</summary>
    public BuildOutputTarget? Output { get; init; }

    public IReadOnlyDictionary<string, Func<ServedCall, Task>> Methods() =>
        new Dictionary<string, Func<ServedCall, Task>>(Contents.Methods())
        {
            ["/grpc.health.v1.Health/Check"] = call =>
                call.WriteAsync(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving }).AsTask(),
            ["/moby.filesync.v1.FileSync/DiffCopy"] = SendDirectoryAsync,
            ["/moby.filesync.v1.FileSend/DiffCopy"] = ReceiveOutputAsync,
            ["/moby.filesync.v1.Auth/Credentials"] = AnswerCredentialsAsync,
            ["/moby.buildkit.secrets.v1.Secrets/GetSecret"] = AnswerSecretAsync,
            ["/moby.upload.v1.Upload/Pull"] = UploadAsync,
            ["/moby.sshforward.v1.SSH/CheckAgent"] = CheckAgentAsync,
            ["/moby.sshforward.v1.SSH/ForwardAgent"] = ForwardAgentAsync,
        };

    async Task SendDirectoryAsync(ServedCall call)
    {
        var name = call.Metadata("dir-name") is [var asked, ..] ? asked : "";
        if (!Directories.TryGetValue(name, out var open))
            throw new GrpcException(GrpcCode.NotFound, $"no access allowed to dir \"{name}\"");
        using var delivery = new DirectoryDelivery(call, open(call.Metadata("exclude-patterns"), call.Metadata("followpaths")));
        await delivery.RunAsync(call.Ended).ConfigureAwait(false);
    }

    async Task ReceiveOutputAsync(ServedCall call)
    {
        switch (Output)
        {
            case { Directory: { } directory }:
                Directory.CreateDirectory(directory);
                var files = new OutputDirectory(Path.GetFullPath(directory));
                using (var reception = new DirectoryReception(call, files, null))
                    await reception.RunAsync(call.Ended).ConfigureAwait(false);
                files.Complete();
                break;
            case { Archive: { } open }:
                await using (var archive = open())
                {
                    while (await call.ReadAsync(BytesMessage.Parser).ConfigureAwait(false) is { } part)
                        await archive.WriteAsync(part.Data.Memory).ConfigureAwait(false);
                }
                break;
            default:
                throw new GrpcException(GrpcCode.Unimplemented, "no output was asked for");
        }
    }

    async Task UploadAsync(ServedCall call)
    {
        var write = Upload ?? throw new GrpcException(GrpcCode.NotFound, "the context is no archive");
        await using var output = new BufferedStream(new MessageStream(call), 1 << 20);
        await Task.Run(() => write(output)).ConfigureAwait(false);
    }

    async Task AnswerCredentialsAsync(ServedCall call)
    {
        var host = (await call.ReadAsync(CredentialsRequest.Parser).ConfigureAwait(false))?.Host ?? "";
        var found = Credentials.Find(host == "registry-1.docker.io" ? CredentialFile.Hub : host);
        var token = found?["identitytoken"]?.GetValue<string>() ?? "";
        await call.WriteAsync(
                token.Length > 0
                    ? new CredentialsResponse { Secret = token }
                    : new CredentialsResponse
                    {
                        Username = found?["username"]?.GetValue<string>() ?? "",
                        Secret = found?["password"]?.GetValue<string>() ?? "",
                    }
            )
            .ConfigureAwait(false);
    }

    async Task AnswerSecretAsync(ServedCall call)
    {
        var id = (await call.ReadAsync(GetSecretRequest.Parser).ConfigureAwait(false))?.ID ?? "";
        if (!Secrets.TryGetValue(id, out var read))
            throw new GrpcException(GrpcCode.NotFound, $"secret {id} not found");
        await call.WriteAsync(new GetSecretResponse { Data = ByteString.CopyFrom(read()) }).ConfigureAwait(false);
    }

    async Task CheckAgentAsync(ServedCall call)
    {
        var id = (await call.ReadAsync(CheckAgentRequest.Parser).ConfigureAwait(false))?.ID ?? "";
        if (!Agents.ContainsKey(id.Length > 0 ? id : "default"))
            throw new GrpcException(GrpcCode.NotFound, $"unset ssh forward key {id}");
        await call.WriteAsync(new CheckAgentResponse()).ConfigureAwait(false);
    }

    async Task ForwardAgentAsync(ServedCall call)
    {
        var id = call.Metadata("buildkit.ssh.id") is [{ Length: > 0 } asked, ..] ? asked : "default";
        if (!Agents.TryGetValue(id, out var path))
            throw new GrpcException(GrpcCode.NotFound, $"unset ssh forward key {id}");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
        var there = Task.Run(async () =>
        {
            while (await call.ReadAsync(BytesMessage.Parser).ConfigureAwait(false) is { } message)
                await socket.SendAsync(message.Data.Memory).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        });
        var buffer = new byte[32 << 10];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, call.Ended).ConfigureAwait(false)) > 0)
            await call.WriteAsync(new BytesMessage { Data = ByteString.CopyFrom(buffer, 0, count) }).ConfigureAwait(false);
        _ = there.Exception;
    }
}

/// <summary>Where a build's result goes on this machine: files in a directory, an archive, or an image in a directory.</summary>
sealed record BuildOutputTarget(string? Directory, Func<Stream>? Archive, string? Layout = null)
{
    /// <summary>The content store that takes an image; a word of BuildKit's.</summary>
    public const string LayoutStore = "export";
}
