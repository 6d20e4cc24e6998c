using Pier.Model;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    /// <summary>A context from elsewhere: a git repository, an archive behind a URL, or a Dockerfile alone. The answer must be disposed.</summary>
    public Task<UploadedContext> FetchContextAsync(string remote, CancellationToken ct) =>
        throw new UnsupportedException($"remote contexts are not supported yet: {remote}");
}
