using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Build.Sources.Git;
using Pier.Build.Sources.Http;

namespace Pier.Build.Sources;

/// <summary>Files by HTTP, repositories by git.</summary>
public sealed class RemoteSources(RemoteLimits? limits = null) : IRemoteSources
{
    readonly RemoteLimits _limits = limits ?? new RemoteLimits();

    public Task<string> ResolveAsync(GitSource source, CancellationToken ct) => new GitRepository(source, _limits).ResolveAsync(ct);

    public Task FetchAsync(GitSource source, string commit, string directory, CancellationToken ct) =>
        new GitRepository(source, _limits).FetchAsync(commit, directory, ct);

    public Task<FetchedFile?> FetchAsync(HttpSource source, FetchedFile? known, string directory, CancellationToken ct) =>
        new HttpDownload(_limits).FetchAsync(source, known, directory, ct);
}
