namespace Pier.Model.Builds;

/// <summary>What whoever asked for a build offers it while it runs: its files, its secrets, its keys.</summary>
public interface IBuildClient
{
    /// <summary>
    /// A directory of this host that holds a directory of the client: "context", "dockerfile" or the name of a --build-context, without
    /// what the patterns exclude. It is read until the build ends and never written. Its files may be hostile. Throws
    /// <see cref="NotFoundException"/> for an unknown name.
    /// </summary>
    Task<string> OpenLocalAsync(LocalRequest request, CancellationToken ct);

    /// <summary>A secret's bytes, or null when the client has none of that id.</summary>
    Task<ReadOnlyMemory<byte>?> ReadSecretAsync(string id, CancellationToken ct);

    /// <summary>The path of a unix socket on this host that leads to the client's ssh agent, or null when it has none of that id.</summary>
    Task<string?> OpenSshAsync(string id, CancellationToken ct);
}

/// <summary>Which files of a client a build wants.</summary>
/// <param name="Excludes">Patterns of .dockerignore, in order, negations included.</param>
public sealed record LocalRequest(string Local, IReadOnlyList<string> Excludes)
{
    /// <summary>
    /// Only these paths (wildcards as in COPY) and what their symlinks lead to are needed; empty for everything. A hint: more may come.
    /// </summary>
    public IReadOnlyList<string> FollowPaths { get; init; } = [];

    /// <summary>Told, now and then, how many bytes have come.</summary>
    public Action<long>? Progress { get; init; }
}
