using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pier.Model;

namespace Pier.Registry.Access;

/// <summary>
/// Public keys that tokens may be signed with. A key's kind decides the algorithm (RSA: RS256, P-256: ES256), so that a token can never
/// choose a weaker one, least of all none.
/// </summary>
sealed class TokenKeys
{
    readonly List<Func<string?, byte[], byte[], bool>> _keys = [];

    /// <summary>Reads PEM files of public keys or certificates; throws <see cref="InvalidParameterException"/>.</summary>
    public TokenKeys(IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            try
            {
                Read(File.ReadAllText(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                throw new InvalidParameterException($"could not read the token key {file}: {e.Message}", e);
            }
        }
        if (_keys.Count == 0)
            throw new InvalidParameterException("token authentication needs at least one key to verify tokens with");
    }

    /// <summary>Whether one of the keys signed a JWT's first two parts.</summary>
    public bool Verify(string? algorithm, string signed, byte[] signature)
    {
        var bytes = Encoding.ASCII.GetBytes(signed);
        foreach (var key in _keys)
            if (key(algorithm, bytes, signature))
                return true;
        return false;
    }

    void Read(string pem)
    {
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var block = rest[fields.Location].ToString();
            if (rest[fields.Label] is "CERTIFICATE")
            {
                using var certificate = X509Certificate2.CreateFromPem(block);
                Add(certificate.GetRSAPublicKey(), certificate.GetECDsaPublicKey());
            }
            else
            {
                AddPublicKey(block);
            }
            rest = rest[fields.Location.End..];
        }
    }

    void AddPublicKey(string block)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(block);
            Add(rsa, null);
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(block);
            Add(null, ecdsa);
        }
    }

    void Add(RSA? rsa, ECDsa? ecdsa)
    {
        if (rsa is not null)
            _keys.Add(
                (algorithm, signed, signature) =>
                    algorithm == "RS256" && rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            );
        if (ecdsa is not { KeySize: 256 })
            return;
        _keys.Add(
            (algorithm, signed, signature) =>
                algorithm == "ES256"
                && ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
        );
    }
}
