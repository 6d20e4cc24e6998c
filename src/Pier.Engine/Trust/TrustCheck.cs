using System.Security.Cryptography;
using Pier.Distribution;
using Pier.Distribution.Credentials;
using Pier.Model;
using Pier.Model.Trust;

namespace Pier.Engine.Trust;

/// <summary>
/// The host's rule of whose images may come in: a policy file, read anew at every pull, with the public keys that it names beside it. It
/// holds for every client, whatever the client asks for.
/// </summary>
sealed class TrustCheck(string? policyFile, RegistryClient registries)
{
    /// <summary>
    /// The name by the digest that a trusted key signed; the name itself where no signature is needed. Throws
    /// <see cref="ForbiddenException"/>.
    /// </summary>
    public async Task<ImageReference> ResolveAsync(ImageReference name, ICredentialSource credentials, CancellationToken ct)
    {
        if (policyFile is null || Read(name) is not { Count: > 0 } keys)
            return name;
        var target =
            await registries.ManifestAsync(name, credentials, ct).ConfigureAwait(false)
            ?? throw new NotFoundException($"manifest for {name.Familiar} not found: manifest unknown: manifest unknown");
        var signatures = await registries.SignaturesAsync(name, target.Descriptor.Digest, credentials, ct).ConfigureAwait(false);
        if (!signatures.Any(s => keys.Any(k => IsOf(s, target.Descriptor.Digest, k))))
            throw new ForbiddenException(
                $"image {name.Familiar} is refused: {policyFile} asks for a signature of {target.Descriptor.Digest}, and none of its keys made one"
            );
        return name.WithDigest(target.Descriptor.Digest);
    }

    IReadOnlyList<string>? Read(ImageReference name)
    {
        try
        {
            var directory = Path.GetDirectoryName(Path.GetFullPath(policyFile!))!;
            return TrustPolicy.Parse(File.ReadAllBytes(policyFile!)).KeysOf(name) is { } files
                ? [.. files.Select(f => File.ReadAllText(Path.Combine(directory, f)))]
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A rule that cannot be read forbids: it may have said no.
            throw new ForbiddenException($"the trust policy cannot be read: {e.Message}", e);
        }
    }

    static bool IsOf(ImageSignature signature, Digest subject, string pem)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new ForbiddenException($"a key of the trust policy cannot be read: {e.Message}", e);
        }
        return signature.IsOf(subject, key);
    }
}
