using System.Security.Cryptography;
using Pier.Model;
using Pier.Model.Trust;

namespace Pier.Cli.Trust;

/// <summary>
/// The user's signing keys, in the client's directory:
/// <code>
/// trust/pier/private/NAME.key   ECDSA P-256, PKCS#8 encrypted by a passphrase (PBES2, AES-256); 0600
/// trust/pier/public/NAME.pub    keys that are trusted; cosign's format
/// trust/pier/policy.json        which images need which of them (TrustPolicy); without it any key of public/ will do
/// </code>
/// </summary>
sealed class TrustStore(string configDirectory)
{
    // OWASP's number for PBKDF2 with SHA-256.
    const int Iterations = 600_000,
        ShortestPassphrase = 8;

    string Root => Path.Combine(configDirectory, "trust", "pier");
    string PrivateKeys => Path.Combine(Root, "private");
    string PublicKeys => Path.Combine(Root, "public");
    string PolicyFile => Path.Combine(Root, "policy.json");

    /// <summary>The names of the user's own keys.</summary>
    public IReadOnlyList<string> Own => Names(PrivateKeys, ".key");

    /// <summary>The names of all trusted keys.</summary>
    public IReadOnlyList<string> Trusted => Names(PublicKeys, ".pub");

    /// <summary>Keeps a private key under a name; answers its public part in PEM.</summary>
    public string Add(string name, ECDsa key, string passphrase)
    {
        Check(name);
        if (passphrase.Length < ShortestPassphrase)
            throw new CliFailure("passphrase is too short. Please use a password manager to generate and store a good random passphrase");
        Directory.CreateDirectory(PrivateKeys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(PublicKeys);
        var pem = key.ExportEncryptedPkcs8PrivateKeyPem(
            passphrase,
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations)
        );
        var file = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using var stream = new StreamWriter(Path.Combine(PrivateKeys, name + ".key"), file);
            stream.Write(pem + "\n");
        }
        catch (IOException) when (Own.Contains(name))
        {
            throw new CliFailure($"a key named {name} exists already");
        }
        var publicPem = key.ExportSubjectPublicKeyInfoPem() + "\n";
        File.WriteAllText(Path.Combine(PublicKeys, name + ".pub"), publicPem);
        return publicPem;
    }

    /// <summary>One of the user's own keys; throws when the passphrase is wrong.</summary>
    public ECDsa OpenPrivate(string name, string passphrase)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromEncryptedPem(File.ReadAllText(Path.Combine(PrivateKeys, Check(name) + ".key")), passphrase);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new CliFailure($"could not decrypt the key {name}: the passphrase is wrong");
        }
        catch (IOException)
        {
            key.Dispose();
            throw new CliFailure($"no signing key named {name}");
        }
    }

    /// <summary>Trusts somebody else's public key, PEM, under a name. Throws when the name stands for another key already.</summary>
    public void AddPublic(string name, string pem)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CliFailure($"could not parse public key: {e.Message}");
        }
        if (!Trusted.Contains(Check(name)))
        {
            Directory.CreateDirectory(PublicKeys);
            File.WriteAllText(Path.Combine(PublicKeys, name + ".pub"), key.ExportSubjectPublicKeyInfoPem() + "\n");
            return;
        }
        using var known = OpenPublic(name);
        if (!known.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            throw new CliFailure($"the signer {name} has another key already");
    }

    /// <summary>What tells a trusted key from others: the SHA-256 of its public part (DER), hexadecimal.</summary>
    public string IdOf(string name)
    {
        using var key = OpenPublic(name);
        return Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Who may sign which repositories.</summary>
    public RepositorySigners Signers => new(PolicyFile);

    /// <summary>The names of the keys that may vouch for an image; empty where the policy asks for none.</summary>
    public IReadOnlyList<string> TrustedFor(ImageReference image)
    {
        if (!File.Exists(PolicyFile))
            return Trusted;
        try
        {
            return TrustPolicy.Parse(File.ReadAllBytes(PolicyFile)).KeysOf(image) is { } files
                ? [.. files.Select(f => Path.GetFileNameWithoutExtension(f))]
                : Trusted;
        }
        catch (EngineException e)
        {
            throw new CliFailure($"{PolicyFile}: {e.Message}");
        }
    }

    /// <summary>Which trusted keys made a signature of a digest.</summary>
    public IReadOnlyList<string> SignersOf(Digest subject, IReadOnlyList<ImageSignature> signatures, IReadOnlyList<string> keys) =>
        [
            .. keys.Where(k =>
            {
                using var key = OpenPublic(k);
                return signatures.Any(s => s.IsOf(subject, key));
            }),
        ];

    public ECDsa OpenPublic(string name)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(Path.Combine(PublicKeys, Check(name) + ".pub")));
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            key.Dispose();
            throw new CliFailure($"the public key {name} cannot be read: {e.Message}");
        }
    }

    static string Check(string name) =>
        name.Length is > 0 and <= 64
        && name[0] is not ('.' or '-')
        && !name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-_.")
            ? name
            : throw new CliFailure(
                $"key name \"{name}\" must start with lowercase alphanumeric characters and can include \"-\" or \"_\" after the first character"
            );

    static IReadOnlyList<string> Names(string directory, string extension) =>
        Directory.Exists(directory)
            ?
            [
                .. Directory
                    .GetFiles(directory, "*" + extension)
                    .Select(f => Path.GetFileNameWithoutExtension(f))
                    .Order(StringComparer.Ordinal),
            ]
            : [];
}
