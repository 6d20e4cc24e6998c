using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pier.Model;

namespace Pier.Distribution.Hosts;

/// <summary>The certificates of one registry: authorities besides the system's, and what the client shows.</summary>
sealed record RegistryCertificates(X509Certificate2Collection Authorities, X509Certificate2Collection Client);

/// <summary>Docker's certs.d: a directory a registry.</summary>
static class CertificateDirectory
{
    /// <summary>Reads a registry's certificates; null when it has none. Throws <see cref="HostFailureException"/>.</summary>
    public static RegistryCertificates? Read(string? root, string host)
    {
        // A host's name comes from a reference's grammar, which has neither slashes nor "..".
        if (root is null || host.Contains('/') || host.Contains("..", StringComparison.Ordinal))
            return null;
        var directory = Path.Combine(root, host);
        if (!Directory.Exists(directory))
            return null;
        try
        {
            var (authorities, client) = (new X509Certificate2Collection(), new X509Certificate2Collection());
            foreach (var file in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
            {
                if (file.EndsWith(".crt", StringComparison.Ordinal))
                    authorities.ImportFromPemFile(file);
                else if (file.EndsWith(".cert", StringComparison.Ordinal))
                    client.Add(ClientCertificate(file));
            }
            return new RegistryCertificates(authorities, client);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new HostFailureException($"could not read the certificates in {directory}: {e.Message}", e);
        }
    }

    static X509Certificate2 ClientCertificate(string file)
    {
        var key = Path.ChangeExtension(file, ".key");
        if (!File.Exists(key))
            throw new HostFailureException(
                $"missing key {Path.GetFileName(key)} for client certificate {Path.GetFileName(file)}. CA certificates must use the extension .crt"
            );
        using var pem = X509Certificate2.CreateFromPemFile(file, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }
}
