using Pier.Model;
using Pier.Model.Trust;

namespace Pier.Cli.Registries;

/// <summary>
/// Registries as `manifest` and `trust` need them, without a daemon. The program brings it: the client itself only speaks to daemons.
/// Errors are EngineExceptions.
/// </summary>
public interface IRegistryDoor : IDisposable
{
    /// <summary>What a name points to; null when the registry has it not.</summary>
    RegistryDocument? Manifest(ImageReference name);

    /// <summary>A small blob, verified.</summary>
    byte[] Document(ImageReference repository, Descriptor blob);

    /// <summary>The signatures that a repository has of a digest, unverified.</summary>
    IReadOnlyList<ImageSignature> Signatures(ImageReference repository, Digest subject);

    /// <summary>Makes these the signatures of a digest.</summary>
    void PutSignatures(ImageReference repository, Descriptor subject, IReadOnlyList<ImageSignature> signatures);

    /// <summary>Pushes an index; members of other repositories, with their blobs, are brought along.</summary>
    void PushIndex(ImageReference name, RegistryDocument index, IReadOnlyList<ListMember> members);
}

/// <summary>A manifest or an index as its registry has it.</summary>
public sealed record RegistryDocument(Descriptor Descriptor, byte[] Bytes);

/// <summary>A manifest that an index names, and where it is now.</summary>
public sealed record ListMember(ImageReference From, RegistryDocument Document);

/// <summary>
/// Opens registries with the credentials of a client configuration's directory; the insecure domain may be reached without TLS.
/// </summary>
public delegate IRegistryDoor OpenRegistries(string configDirectory, string? insecureDomain);
