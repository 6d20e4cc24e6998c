using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Pier.Engine.Logs.Drivers;
using Pier.Model;

namespace Pier.Engine.Logs.Shipping;

enum SyslogFormat
{
    Unix,
    Rfc3164,
    Rfc5424,
    Rfc5424Micro,
}

/// <summary>The syslog driver's options.</summary>
sealed record SyslogOptions(LogAddress Address, int Facility, SyslogFormat Format, IReadOnlyDictionary<string, string> Given)
{
    const string DefaultSocket = "/dev/log";
    const int DefaultPort = 514;

    // RFC 5424, 6.2.1; the index is the code.
    static readonly string[] Facilities =
    [
        "kern",
        "user",
        "mail",
        "daemon",
        "auth",
        "syslog",
        "lpr",
        "news",
        "uucp",
        "cron",
        "authpriv",
        "ftp",
        "",
        "",
        "",
        "",
        "local0",
        "local1",
        "local2",
        "local3",
        "local4",
        "local5",
        "local6",
        "local7",
    ];

    public bool Datagrams => Address.Protocol is "udp" or "unixgram" || (Address.IsPath && !Given.ContainsKey("syslog-address"));
    public bool Secure => Address.Protocol == "tcp+tls";

    public static SyslogOptions Read(IReadOnlyDictionary<string, string> options) =>
        new(
            ReadAddress(options.GetValueOrDefault("syslog-address", "")),
            ReadFacility(options.GetValueOrDefault("syslog-facility", "")),
            options.GetValueOrDefault("syslog-format", "") switch
            {
                "" => SyslogFormat.Unix,
                "rfc3164" => SyslogFormat.Rfc3164,
                "rfc5424" => SyslogFormat.Rfc5424,
                "rfc5424micro" => SyslogFormat.Rfc5424Micro,
                _ => throw new InvalidParameterException("Invalid syslog format"),
            },
            options
        );

    /// <summary>Null without TLS. Reads certificate files: they may change while a container runs.</summary>
    public SslClientAuthenticationOptions? Tls()
    {
        if (!Secure)
            return null;
        var tls = new SslClientAuthenticationOptions { TargetHost = Address.Host };
        if (LogOption.Flag(Given, "syslog-tls-skip-verify"))
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        else if (Given.TryGetValue("syslog-tls-ca-cert", out var authority))
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(authority);
            tls.CertificateChainPolicy = policy;
        }
        if (Given.TryGetValue("syslog-tls-cert", out var certificate) && Given.TryGetValue("syslog-tls-key", out var key))
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        return tls;
    }

    static LogAddress ReadAddress(string text)
    {
        if (text.Length == 0)
            return new LogAddress("unix", "", 0, DefaultSocket);
        var address = LogAddress.Parse(text, DefaultPort);
        var right = address?.Protocol switch
        {
            "tcp" or "udp" or "tcp+tls" => !address.IsPath,
            "unix" or "unixgram" => address.IsPath,
            _ => false,
        };
        return right ? address! : throw new InvalidParameterException($"syslog-address should be in form proto://address, got {text}");
    }

    static int ReadFacility(string text)
    {
        if (text.Length == 0)
            return 3;
        var code = Array.IndexOf(Facilities, text);
        if (code >= 0)
            return code;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code <= 23
            ? code
            : throw new InvalidParameterException("invalid syslog facility");
    }
}
