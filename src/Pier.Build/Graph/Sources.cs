using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Build.Graph;

/// <summary>A tree that comes from outside of the build.</summary>
public abstract class SourceVertex : Vertex
{
    public sealed override IReadOnlyList<Vertex> Inputs => [];
}

/// <summary>The empty tree: FROM scratch.</summary>
public sealed class ScratchSource : SourceVertex;

/// <summary>The layers of an image, which the frontend has resolved already.</summary>
public sealed class ImageSource : SourceVertex
{
    /// <summary>
    /// The name as people know it, for progress and errors: "docker.io/library/busybox:latest"; an id where the file names one.
    /// </summary>
    public required string Reference { get; init; }
    public required Platform Platform { get; init; }

    /// <summary>The image's id in the store, or its manifest's digest: what the name meant when the build began.</summary>
    public required Digest Resolved { get; init; }

    /// <summary>The layers, where it is the result of another build and no image of the store; null otherwise.</summary>
    public BuiltTree? Tree { get; init; }
}

/// <summary>A directory of the client: the build context, or one that --build-context named.</summary>
public sealed class LocalSource : SourceVertex
{
    /// <summary>"context", "dockerfile" or the name of --build-context.</summary>
    public required string Local { get; init; }

    /// <summary>Patterns of .dockerignore, in order, negations included.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];
}

/// <summary>One file from a server: ADD of a URL.</summary>
public sealed class HttpSource : SourceVertex
{
    public required Uri Address { get; init; }

    /// <summary>ADD --checksum; the cache key as well when it is given.</summary>
    public Digest? Checksum { get; init; }

    /// <summary>The file's name in the tree; the address's last segment unless the destination says otherwise.</summary>
    public required string FileName { get; init; }
}

/// <summary>The tree of one commit: ADD of a git repository, or a git context.</summary>
public sealed class GitSource : SourceVertex
{
    public required string Remote { get; init; }

    /// <summary>A branch, a tag, a commit or "" for the remote's HEAD.</summary>
    public string Reference { get; init; } = "";
    public string Subdirectory { get; init; } = "";
    public bool KeepGitDirectory { get; init; }

    /// <summary>The commit that the reference must lead to: ADD --checksum.</summary>
    public string? Checksum { get; init; }
}
