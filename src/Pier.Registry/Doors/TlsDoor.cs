using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Pier.Model;

namespace Pier.Registry.Doors;

/// <summary>TLS before HTTP, as connection middleware: Kestrel's own needs a container of services.</summary>
sealed class TlsDoor : IDisposable
{
    static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    readonly SslServerAuthenticationOptions _options;
    readonly X509Certificate2 _certificate;

    /// <summary>Reads the certificate; throws <see cref="InvalidParameterException"/>.</summary>
    public TlsDoor(RegistryTls files)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            // A key that came from PEM must be taken in once more before SslStream can use it.
            _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            _options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, chain, offline: true),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            };
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidParameterException($"could not load the TLS certificate: {e.Message}", e);
        }
    }

    /// <summary>The middleware: the rest of the connection sees plain bytes.</summary>
    public ConnectionDelegate Use(ConnectionDelegate next) => async connection =>
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
        connection.Features.Set<ITlsConnectionFeature>(new Tls());
        var plain = new Plain(PipeReader.Create(stream), PipeWriter.Create(stream));
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

    sealed record Plain(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // What tells Kestrel that the scheme is https.
    sealed class Tls : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult<X509Certificate2?>(null);
    }
}
