using Pier.Build.Graph;
using Pier.Build.Sources.Git;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    // Docker's name for a Dockerfile that an address leads to.
    const string LoneDockerfile = "Dockerfile";

    /// <summary>
    /// A context from elsewhere: a git repository, an archive behind a URL, or a Dockerfile alone. The answer must be disposed.
    /// </summary>
    public async Task<UploadedContext> FetchContextAsync(string remote, CancellationToken ct)
    {
        var context = new UploadedContext(parts.Store);
        try
        {
            if (GitAddress.Parse(remote, asContext: true) is { } address)
                await CloneAsync(address, context, ct).ConfigureAwait(false);
            else
                await DownloadAsync(remote, context, ct).ConfigureAwait(false);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    async Task CloneAsync(GitAddress address, UploadedContext context, CancellationToken ct)
    {
        var source = new GitSource
        {
            Name = "context",
            Remote = address.Remote,
            Reference = address.Reference,
            Subdirectory = address.Subdirectory,
        };
        await remote
            .FetchAsync(source, await remote.ResolveAsync(source, ct).ConfigureAwait(false), context.Directory, ct)
            .ConfigureAwait(false);
    }

    async Task DownloadAsync(string address, UploadedContext context, CancellationToken ct)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new InvalidParameterException(
                $"unable to fetch the context {address}: it is neither a git repository nor an http address"
            );
        var directory = parts.Store.Builds.NewTree(out var id);
        try
        {
            await remote
                .FetchAsync(
                    new HttpSource
                    {
                        Name = "context",
                        Address = uri,
                        FileName = LoneDockerfile,
                    },
                    null,
                    directory,
                    ct
                )
                .ConfigureAwait(false);
            await Task.Run(
                    () =>
                    {
                        using var downloaded = SourceTree.OpenDirectory(directory);
                        using var target = parts.Store.Builds.OpenTree(context.TreeId, ct);
                        var asRoot = new CopyLook((0, 0), null);
                        if (!target.TryUnpack(downloaded, LoneDockerfile, "/", asRoot))
                            target.CopyFile(downloaded, LoneDockerfile, "/" + LoneDockerfile, asRoot);
                    },
                    ct
                )
                .ConfigureAwait(false);
        }
        finally
        {
            parts.Store.Builds.RemoveTree(id);
        }
    }
}
