using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Pier.Model;

namespace Pier.Doors;

/// <summary>
/// TLS before HTTP, as connection middleware: Kestrel's own needs a container of services. Compiled into the rooms that listen (Api,
/// Registry), which share nothing else.
/// </summary>
sealed class TlsDoor : IDisposable
{
    /// <summary>What a certificate that names its purposes must name for a client (RFC 5280, 4.2.1.12).</summary>
    const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <summary>A record of TLS at a time (RFC 8446, 5.1); none is held where there is nothing to read.</summary>
    static readonly StreamPipeReaderOptions Reads = new(bufferSize: 16 << 10, useZeroByteReads: true);

    readonly SslServerAuthenticationOptions _options;
    readonly X509Certificate2 _certificate;
    readonly X509Certificate2Collection? _authorities;

    /// <summary>
    /// Reads PEM files; throws <see cref="InvalidParameterException"/>. With authorities every client must show a certificate of one of
    /// them.
    /// </summary>
    public TlsDoor(string certificate, string key, string? clientAuthorities)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
            // A key that came from PEM must be taken in once more before SslStream can use it.
            _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            _authorities = clientAuthorities is null ? null : Read(clientAuthorities);
            _options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, Read(certificate), offline: true),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                ClientCertificateRequired = _authorities is not null,
                RemoteCertificateValidationCallback = (_, client, _, _) => _authorities is null || IsTrusted(client),
            };
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidParameterException($"could not load the TLS certificate: {e.Message}", e);
        }
    }

    /// <summary>
    /// The middleware: the rest of the connection sees plain bytes, and finds a <see cref="TlsConnection"/> among the features.
    /// </summary>
    public ConnectionDelegate Use(ConnectionDelegate next) =>
        async connection =>
        {
            var inner = connection.Transport;
            await using var stream = new SslStream(new TransportStream(inner));
            try
            {
                using var limit = new CancellationTokenSource(HandshakeLimit);
                await stream.AuthenticateAsServerAsync(_options, limit.Token);
            }
            catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
            {
                return;
            }
            connection.Features.Set(new TlsConnection(stream, inner.Input));
            connection.Features.Set<ITlsConnectionFeature>(new Tls());
            var plain = new Plain(PipeReader.Create(stream, Reads), PipeWriter.Create(stream));
            connection.Transport = plain;
            try
            {
                await next(connection);
            }
            finally
            {
                await plain.Input.CompleteAsync();
                await plain.Output.CompleteAsync();
                connection.Transport = inner;
            }
        };

    public void Dispose() => _certificate.Dispose();

    static X509Certificate2Collection Read(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates.Count > 0 ? certificates : throw new CryptographicException($"{path} has no certificate");
    }

    bool IsTrusted(X509Certificate? client)
    {
        if (client is not X509Certificate2 certificate)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities!);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(certificate);
    }

    sealed record Plain(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // What tells Kestrel that the scheme is https.
    sealed class Tls : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult<X509Certificate2?>(null);
    }
}
