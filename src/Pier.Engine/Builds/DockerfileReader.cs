using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Builds;

namespace Pier.Engine.Builds;

/// <summary>The Dockerfile of a build, and the .dockerignore that belongs to it.</summary>
sealed record DockerfileReader(byte[] Text, IReadOnlyList<string> Excludes)
{
    // BuildKit's limit of a Dockerfile.
    const int Greatest = 2 << 20;

    public static async Task<DockerfileReader> ReadAsync(BuildRequest request, CancellationToken ct)
    {
        var (name, own) = (request.Dockerfile, request.Dockerfile + ".dockerignore");
        var directory = await InternalSteps
            .TellAsync(
                request,
                $"load build definition from {Path.GetFileName(name)}",
                told =>
                    request.Client.OpenLocalAsync(
                        new LocalRequest("dockerfile", [])
                        {
                            FollowPaths = [name, own],
                            Progress = total => told("transferring dockerfile:", total),
                        },
                        ct
                    )
            )
            .ConfigureAwait(false);
        using var files = SourceTree.OpenDirectory(directory);
        var text = files.Read(name, Greatest) ?? throw new InvalidParameterException($"Cannot locate specified Dockerfile: {name}");
        if (text.Length == 0)
            throw new InvalidParameterException($"the Dockerfile ({name}) cannot be empty");
        var ignore = files.Read(own, IgnoreFile.MaxBytes) ?? await IgnoreOfContextAsync(request, ct).ConfigureAwait(false);
        return new DockerfileReader(text, ignore is null ? [] : IgnoreFile.Parse(ignore));
    }

    static async Task<byte[]?> IgnoreOfContextAsync(BuildRequest request, CancellationToken ct)
    {
        var directory = await InternalSteps
            .TellAsync(
                request,
                "load .dockerignore",
                told =>
                    request.Client.OpenLocalAsync(
                        new LocalRequest("context", [])
                        {
                            FollowPaths = [".dockerignore"],
                            Progress = total => told("transferring context:", total),
                        },
                        ct
                    )
            )
            .ConfigureAwait(false);
        using var context = SourceTree.OpenDirectory(directory);
        return context.Find("/.dockerignore") is { IsRegular: true } ? context.Read("/.dockerignore", IgnoreFile.MaxBytes) : null;
    }
}
