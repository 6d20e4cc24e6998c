using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Engine.Builds;

/// <summary>Git and HTTP sources, until they can be fetched.</summary>
sealed class RemoteSources : IRemoteSources
{
    public Task<string> ResolveAsync(GitSource source, CancellationToken ct) => throw new UnsupportedException("git sources are not supported yet");
    public Task FetchAsync(GitSource source, string commit, string directory, CancellationToken ct) => throw new UnsupportedException("git sources are not supported yet");
    public Task<FetchedFile?> FetchAsync(HttpSource source, FetchedFile? known, string directory, CancellationToken ct) => throw new UnsupportedException("ADD of a URL is not supported yet");
}
