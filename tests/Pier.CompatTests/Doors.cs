using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pier.CompatTests;

/// <summary>A daemon with a TLS door, another with a plain one, and certificates of several authorities.</summary>
public sealed class Doors : IAsyncLifetime
{
    const string ServerPurpose = "1.3.6.1.5.5.7.3.1",
        ClientPurpose = "1.3.6.1.5.5.7.3.2";

    public int SecurePort { get; } = FreePorts.Loopback();
    public int PlainPort { get; } = FreePorts.Loopback();
    readonly string _certificates = Directory.CreateTempSubdirectory("pier-doors-").FullName;
    public PierDaemon Secure { get; }
    public PierDaemon Plain { get; }

    public Doors()
    {
        using var authority = Authority("ours");
        using var stranger = Authority("stranger's");
        File.WriteAllText(Path.Combine(_certificates, "ca.pem"), stranger.ExportCertificatePem() + "\n" + authority.ExportCertificatePem());
        Issue("server", authority, ServerPurpose);
        Issue("client", authority, ClientPurpose);
        Issue("wrong-purpose", authority, ServerPurpose);
        using var unknown = Authority("unknown");
        Issue("unknown", unknown, ClientPurpose);
        Secure = new PierDaemon
        {
            MoreArguments =
            [
                "-H",
                $"tcp://127.0.0.1:{SecurePort}",
                "--tlsverify",
                "--tlscacert",
                In("ca.pem"),
                "--tlscert",
                In("server.pem"),
                "--tlskey",
                In("server-key.pem"),
            ],
        };
        Plain = new PierDaemon { MoreArguments = ["-H", $"tcp://127.0.0.1:{PlainPort}", "--insecure-tcp"] };
    }

    public async Task InitializeAsync()
    {
        await Secure.InitializeAsync();
        await Plain.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await Plain.DisposeAsync();
        await Secure.DisposeAsync();
        Directory.Delete(_certificates, true);
    }

    public string In(string name) => Path.Combine(_certificates, name);

    static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    void Issue(string name, X509Certificate2 authority, string purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            authority,
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddHours(1),
            RandomNumberGenerator.GetBytes(8)
        );
        File.WriteAllText(In(name + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In(name + "-key.pem"), key.ExportECPrivateKeyPem());
    }
}
