using Pier.Api.BuildKit.Sessions;
using Pier.Engine;
using Pier.Engine.Builds;
using Pier.Engine.Builds.Sessions;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Solving;

/// <summary>
/// What a build asks: the session for everything, and for the context an archive, where one came instead of a directory. Disposing it gives
/// back what was opened.
/// </summary>
sealed class SolveClient(SessionClient? session, UploadedContext? archive) : IBuildClient, IAsyncDisposable
{
    /// <summary>Stands in for the client of a build that is not yet known.</summary>
    public static SolveClient None { get; } = new(null, null);

    /// <summary>The address under which clients serve an archive on their session.</summary>
    const string SessionArchive = "http://buildkit-session/";

    /// <param name="remote">The context's address; "" for none.</param>
    /// <param name="upload">The context as a tar; null for none.</param>
    public static async Task<SolveClient> OpenAsync(
        ContainerEngine engine,
        BuildSession? session,
        string remote,
        Stream? upload,
        CancellationToken ct
    )
    {
        var archive =
            upload is not null ? await engine.Builds.UploadAsync(upload, ct)
            : remote.StartsWith(SessionArchive, StringComparison.Ordinal) ? await UploadedAsync(engine, session, remote, ct)
            : remote.Length > 0 ? await engine.Builds.FetchContextAsync(remote, ct)
            : null;
        return new SolveClient(session is null ? null : engine.Builds.Connect(session), archive);
    }

    public Task<string> OpenLocalAsync(LocalRequest request, CancellationToken ct) =>
        archive is not null && request.Local is ("context" or "dockerfile")
            ? archive.OpenLocalAsync(request, ct)
            : session?.OpenLocalAsync(request, ct)
                ?? throw new NotFoundException($"{request.Local}: the build has no session that could send it");

    public Task<ReadOnlyMemory<byte>?> ReadSecretAsync(string id, CancellationToken ct) =>
        session?.ReadSecretAsync(id, ct) ?? Task.FromResult<ReadOnlyMemory<byte>?>(null);

    public Task<string?> OpenSshAsync(string id, CancellationToken ct) => session?.OpenSshAsync(id, ct) ?? Task.FromResult<string?>(null);

    public async ValueTask DisposeAsync()
    {
        if (session is not null)
            await session.DisposeAsync();
        archive?.Dispose();
    }

    static async Task<UploadedContext> UploadedAsync(ContainerEngine engine, BuildSession? session, string remote, CancellationToken ct)
    {
        if (session is null)
            throw new InvalidParameterException($"{remote} needs a session");
        await using var tar = await session.OpenUploadAsync(new Uri(remote), ct);
        return await engine.Builds.UploadAsync(tar, ct);
    }
}
