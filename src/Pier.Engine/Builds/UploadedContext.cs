using Pier.Model;
using Pier.Model.Builds;
using Pier.Store;
using Pier.Store.Builds;

namespace Pier.Engine.Builds;

/// <summary>A context that came with the request as a tar, unpacked into a directory of its own. It goes when it is disposed.</summary>
public sealed class UploadedContext : IBuildClient, IDisposable
{
    readonly StoreRoot _store;
    readonly string _id;
    readonly Lock _gate = new();
    bool _pruned;

    internal UploadedContext(StoreRoot store)
    {
        _store = store;
        Directory = store.Builds.NewTree(out _id);
    }

    internal string Directory { get; }
    internal string TreeId => _id;

    /// <summary>
    /// The context and the Dockerfile are one directory. What .dockerignore names is taken out once the Dockerfile was read.
    /// </summary>
    public Task<string> OpenLocalAsync(LocalRequest request, CancellationToken ct)
    {
        if (request.Local is not ("context" or "dockerfile"))
            throw new NotFoundException($"{request.Local}: the client has no such directory");
        if (request is not { Local: "context", FollowPaths.Count: 0, Excludes.Count: > 0 })
            return Task.FromResult(Directory);
        lock (_gate)
        {
            var matcher = new IgnoreMatcher(request.Excludes);
            if (!_pruned)
                _store.Builds.Prune(_id, new TreeFilter((path, _) => matcher.Excludes(path)));
            _pruned = true;
        }
        return Task.FromResult(Directory);
    }

    /// <summary>The classic wire knows no secrets.</summary>
    public Task<ReadOnlyMemory<byte>?> ReadSecretAsync(string id, CancellationToken ct) => Task.FromResult<ReadOnlyMemory<byte>?>(null);

    /// <inheritdoc cref="ReadSecretAsync"/>
    public Task<string?> OpenSshAsync(string id, CancellationToken ct) => Task.FromResult<string?>(null);

    public void Dispose() => _store.Builds.RemoveTree(_id);
}
