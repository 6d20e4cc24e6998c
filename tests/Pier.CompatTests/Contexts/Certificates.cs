using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pier.CompatTests.Contexts;

/// <summary>ca.pem, cert.pem, key.pem that belong together, and "junk", which is none of them.</summary>
static class Certificates
{
    public static void Write(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=context", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(directory, "ca.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(directory, "junk"), "junk\n");
    }
}
