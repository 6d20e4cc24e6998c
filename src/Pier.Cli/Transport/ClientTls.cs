using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pier.Cli.Transport;

/// <summary>TLS towards the daemon, with the files that --tlscacert, --tlscert and --tlskey name.</summary>
sealed record ClientTls(string Authority, string Certificate, string Key, bool Verify)
{
    public Stream Authenticate(Stream inner, DaemonAddress address)
    {
        var stream = new SslStream(inner);
        try
        {
            stream.AuthenticateAsClient(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Host,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    ClientCertificates = LoadCertificate(),
                    RemoteCertificateValidationCallback = (_, server, _, errors) => !Verify || IsTrusted(server, errors),
                }
            );
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or CryptographicException)
        {
            stream.Dispose();
            throw new CliFailure($"error during connect: TLS with {address.Text}: {e.Message}");
        }
    }

    X509CertificateCollection LoadCertificate()
    {
        if (!File.Exists(Certificate) || !File.Exists(Key))
            return [];
        using var pem = X509Certificate2.CreateFromPemFile(Certificate, Key);
        return [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)];
    }

    bool IsTrusted(X509Certificate? server, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (
            errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            || server is not X509Certificate2 certificate
            || !File.Exists(Authority)
        )
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(Authority);
        return chain.Build(certificate);
    }
}
