using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Pier.Model;

namespace Pier.Api.Doors;

/// <summary>TLS before HTTP, as connection middleware, with the client's certificate checked against one authority where asked.</summary>
sealed class TlsDoor
{
    static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    readonly SslServerAuthenticationOptions _options;

    public TlsDoor(TlsOptions options)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(options.Certificate, options.Key);
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var authority = options.ClientAuthority is null ? null : X509CertificateLoader.LoadCertificateFromFile(options.ClientAuthority);
            _options = new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = authority is not null,
                RemoteCertificateValidationCallback = (_, client, _, _) => authority is null || IsSignedBy(client, authority),
            };
        }
        catch (Exception e) when (e is IOException or System.Security.Cryptography.CryptographicException or UnauthorizedAccessException)
        {
            throw new InvalidParameterException($"could not load the TLS certificate: {e.Message}", e);
        }
    }

    /// <summary>The middleware: the rest of the connection sees plain bytes.</summary>
    public ConnectionDelegate Use(ConnectionDelegate next) => async connection =>
    {
        var inner = connection.Transport;
        await using var stream = new SslStream(new DuplexPipeStream(inner));
        try
        {
            using var limit = new CancellationTokenSource(HandshakeLimit);
            await stream.AuthenticateAsServerAsync(_options, limit.Token);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            return;
        }
        var plain = new StreamPipe(PipeReader.Create(stream), PipeWriter.Create(stream));
        connection.Features.Set(stream);
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

    static bool IsSignedBy(X509Certificate? client, X509Certificate2 authority)
    {
        if (client is not X509Certificate2 certificate) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(certificate);
    }

    sealed record StreamPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
