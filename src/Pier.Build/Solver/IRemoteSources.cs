using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Solver;

/// <summary>Brings in what lies on other machines.</summary>
public interface IRemoteSources
{
    /// <summary>The commit that a git source means now: what its content is known by.</summary>
    Task<string> ResolveAsync(GitSource source, CancellationToken ct);

    /// <summary>Fetches the tree of a commit into an empty directory.</summary>
    Task FetchAsync(GitSource source, string commit, string directory, CancellationToken ct);

    /// <summary>
    /// Fetches a file into an empty directory, under the source's file name, 0600, its time the server's Last-Modified; the answer is its
    /// digest. With
    /// <paramref name="known"/> (the validators of the last answer, null at first) it may answer null: unchanged.
    /// </summary>
    Task<FetchedFile?> FetchAsync(HttpSource source, FetchedFile? known, string directory, CancellationToken ct);
}

/// <summary>A downloaded file: its content, and what the server said to ask again with.</summary>
public sealed record FetchedFile(Digest Digest, string? ETag, string? LastModified);
