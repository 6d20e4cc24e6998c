using System.Security.Cryptography;
using Pier.Model.Builds;
using Pier.Store.Contexts;

namespace Pier.Engine.Builds.Sessions;

/// <summary>
/// One build's view of a session: directories become copies in the store, agents become sockets. Disposing it gives them back, so it lives
/// until the last step has ended.
/// </summary>
public sealed class SessionClient : IBuildClient, IAsyncDisposable
{
    readonly IBuildSession session;
    readonly ContextStore contexts;
    readonly string socketDirectory;
    readonly Action released;
    readonly List<ContextTree> _trees = [];
    readonly List<AgentSocket> _agents = [];
    readonly SemaphoreSlim _opening = new(1);

    /// <param name="released">Told when the directories are nobody's again.</param>
    internal SessionClient(IBuildSession session, ContextStore contexts, string socketDirectory, Action released) =>
        (this.session, this.contexts, this.socketDirectory, this.released) = (session, contexts, socketDirectory, released);

    public async Task<string> OpenLocalAsync(LocalRequest request, CancellationToken ct)
    {
        var tree = contexts.Take(
            string.Join('\n', (IEnumerable<string>)[session.SharedKey, request.Local, .. request.FollowPaths]),
            $"local source for {request.Local}"
        );
        lock (_trees)
            _trees.Add(tree);
        using var update = tree.BeginUpdate();
        var counter = new TransferCounter(request.Progress);
        await session
            .SendDirectoryAsync(
                new DirectoryRequest
                {
                    Name = request.Local,
                    FollowPaths = request.FollowPaths,
                    Excludes = request.Excludes,
                    Progress = counter.Add,
                },
                new ContextReceiver(update),
                ct
            )
            .ConfigureAwait(false);
        counter.Finish();
        update.Complete();
        return tree.Path;
    }

    public Task<ReadOnlyMemory<byte>?> ReadSecretAsync(string id, CancellationToken ct) => session.FindSecretAsync(id, ct);

    public async Task<string?> OpenSshAsync(string id, CancellationToken ct)
    {
        if (!await session.HasAgentAsync(id, ct).ConfigureAwait(false))
            return null;
        await _opening.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(socketDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // sun_path holds 107 bytes: a short name.
            var path = Path.Combine(socketDirectory, $"agent-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
            var agent = new AgentSocket(path, token => session.OpenAgentAsync(id, token));
            _agents.Add(agent);
            return agent.Path;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
            await agent.DisposeAsync().ConfigureAwait(false);
        foreach (var tree in _trees)
            tree.Dispose();
        released();
        _opening.Dispose();
    }
}
