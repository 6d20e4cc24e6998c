using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds.Sessions;

/// <summary>
/// The connection of one who asks for builds, as far as a build has questions: for directories, secrets, agents and credentials, and for a
/// place to put results. Each call may come while others are under way.
/// </summary>
public interface IBuildSession
{
    /// <summary>Says that directories of the same name are likely the same ones as in an earlier session with this key.</summary>
    string SharedKey { get; }

    /// <summary>
    /// Sends one of the client's directories. Only what <paramref name="receiver"/> does not have already travels.
    /// Throws NotFound when the client has no such directory.
    /// </summary>
    Task SendDirectoryAsync(DirectoryRequest request, IDirectoryReceiver receiver, CancellationToken ct);

    /// <summary>The secret's bytes (at most 500 KiB, as BuildKit has it), or null when the client has none of that name.</summary>
    Task<ReadOnlyMemory<byte>?> FindSecretAsync(string id, CancellationToken ct);

    /// <summary>Whether the client forwards an ssh agent of this id ("default" when none was named).</summary>
    Task<bool> HasAgentAsync(string id, CancellationToken ct);

    /// <summary>A connection to the client's ssh agent: bytes both ways.</summary>
    Task<Stream> OpenAgentAsync(string id, CancellationToken ct);

    /// <summary>The client's credentials for a registry ("docker.io", "registry.example:5000"), or null.</summary>
    Task<Images.RegistryAuth?> FindCredentialsAsync(string host, CancellationToken ct);

    /// <summary>
    /// Where an archive (tar, oci, docker) goes. Disposing it without <see cref="IBuildOutput.CompleteAsync"/> tells the client that it is
    /// torn.
    /// </summary>
    Task<IBuildOutput> OpenOutputAsync(string exporterId, IReadOnlyDictionary<string, string> metadata, CancellationToken ct);

    /// <summary>Writes a tree into the client's output directory (type=local).</summary>
    Task ReceiveTreeAsync(string exporterId, IDirectorySender tree, CancellationToken ct);

    /// <summary>
    /// A document (at most <see cref="ImageDocument.MaxSize"/> bytes) of one of the client's content stores, verified. Throws NotFound when
    /// it is not there.
    /// </summary>
    Task<byte[]> ReadContentAsync(string store, Digest digest, CancellationToken ct);

    /// <summary>A blob of one of the client's content stores, from an offset on; whoever reads it checks the digest.</summary>
    Task<Stream> OpenContentAsync(string store, Descriptor blob, long offset, CancellationToken ct);

    /// <summary>Brings a blob into one of the client's content stores, unless it is there.</summary>
    Task WriteContentAsync(string store, Descriptor blob, Func<Stream> open, CancellationToken ct);
}
