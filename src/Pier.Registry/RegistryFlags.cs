using System.Globalization;
using Pier.Model;
using Pier.Model.Notation;
using Pier.Registry.Proxy;

namespace Pier.Registry;

/// <summary>The flags of `pier registry serve`: one table that parses and prints.</summary>
static class RegistryFlags
{
    sealed record Flag(string Name, string Kind, string Help, Func<RegistryOptions, string, RegistryOptions> Set);

    static readonly Flag[] Table =
    [
        new("addr", "string", "Address to listen on (default \"127.0.0.1:5000\")", (o, v) => o with { Listen = v }),
        new("auth-realm", "string", "Name of the protected space (default \"Pier registry\")", (o, v) => o with { Realm = v }),
        new(
            "gc-grace",
            "duration",
            "How long content without a manifest is kept (default 1h)",
            (o, v) => o with { CollectGrace = Duration(v) }
        ),
        new(
            "gc-interval",
            "duration",
            "How often garbage is collected, 0 for never (default 1h)",
            (o, v) => o with { CollectEvery = Duration(v) }
        ),
        new("gc-untagged", "", "Collect manifests that nothing names, too", (o, v) => o with { CollectUntagged = Boolean(v) }),
        new("htpasswd", "file", "Ask for passwords of a file made by htpasswd -B", (o, v) => o with { Htpasswd = v }),
        new("proxy-remote", "url", "Be a cache of another registry, read-only for clients", (o, v) => o with { UpstreamUrl = v }),
        new("read-only", "", "Refuse every change", (o, v) => o with { ReadOnly = Boolean(v) }),
        new("root", "directory", "Directory of the registry's state (default \"/var/lib/pier-registry\")", (o, v) => o with { Root = v }),
        new("s3-bucket", "string", "Keep content in a bucket of S3", (o, v) => o with { S3 = S3(o) with { Bucket = v } }),
        new("s3-endpoint", "url", "Server with S3's protocol", (o, v) => o with { S3 = S3(o) with { Endpoint = v } }),
        new("s3-prefix", "string", "What every key in the bucket begins with", (o, v) => o with { S3 = S3(o) with { Prefix = v } }),
        new("s3-region", "string", "Region of the bucket (default \"us-east-1\")", (o, v) => o with { S3 = S3(o) with { Region = v } }),
        new("tls-cert", "file", "Certificate, PEM", (o, v) => o with { Tls = (o.Tls ?? new("", "")) with { Certificate = v } }),
        new("tls-key", "file", "Key of the certificate, PEM", (o, v) => o with { Tls = (o.Tls ?? new("", "")) with { Key = v } }),
        new("token-issuer", "string", "Issuer of bearer tokens", (o, v) => o with { Token = Token(o) with { Issuer = v } }),
        new(
            "token-key",
            "file",
            "Public key or certificate that tokens are signed with, repeatable",
            (o, v) => o with { Token = Token(o) with { KeyFiles = [.. Token(o).KeyFiles, v] } }
        ),
        new("token-realm", "url", "Where clients get tokens", (o, v) => o with { Token = Token(o) with { Realm = v } }),
        new("token-service", "string", "Name of this registry in tokens", (o, v) => o with { Token = Token(o) with { Service = v } }),
        new(
            "upload-lifetime",
            "duration",
            "When a resting upload is given up (default 168h)",
            (o, v) => o with { UploadLifetime = Duration(v) }
        ),
    ];

    /// <summary>The names of all flags, in order.</summary>
    public static IReadOnlyList<string> Names => [.. Table.Select(f => f.Name)];

    /// <summary>Parses arguments; throws <see cref="InvalidParameterException"/> in the docker CLI's words.</summary>
    public static RegistryOptions Parse(IReadOnlyList<string> args, Func<string, IUpstream>? upstream = null)
    {
        var options = new RegistryOptions { Root = "/var/lib/pier-registry" };
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw new InvalidParameterException("\"pier registry serve\" accepts no arguments.");
            var text = args[i][2..];
            var equals = text.IndexOf('=');
            var name = equals < 0 ? text : text[..equals];
            var flag = Array.Find(Table, f => f.Name == name) ?? throw new InvalidParameterException($"unknown flag: --{name}");
            string value;
            if (equals >= 0)
                value = text[(equals + 1)..];
            else if (flag.Kind.Length == 0)
                value = "true";
            else if (i + 1 < args.Count)
                value = args[++i];
            else
                throw new InvalidParameterException($"flag needs an argument: --{name}");
            options = flag.Set(options, value);
        }
        return Checked(
            options.UpstreamUrl is { } url
                ? options with
                {
                    Upstream = (upstream ?? throw new InvalidParameterException("--proxy-remote is not available here"))(url),
                }
                : options
        );
    }

    /// <summary>The lines below "Options:".</summary>
    public static string Help()
    {
        var width = Table.Max(f => f.Name.Length + 1 + f.Kind.Length);
        return string.Join('\n', Table.Select(f => $"      --{$"{f.Name} {f.Kind}".PadRight(width)}   {f.Help}"));
    }

    static RegistryOptions Checked(RegistryOptions options)
    {
        if (options.Tls is { } tls && (tls.Certificate.Length == 0 || tls.Key.Length == 0))
            throw new InvalidParameterException("--tls-cert and --tls-key need each other");
        if (options.S3 is { Bucket.Length: 0 })
            throw new InvalidParameterException("--s3-bucket is missing");
        if (
            options.Token is { } token
            && (token.Realm.Length == 0 || token.Service.Length == 0 || token.Issuer.Length == 0 || token.KeyFiles.Count == 0)
        )
            throw new InvalidParameterException(
                "token authentication needs --token-realm, --token-service, --token-issuer and --token-key"
            );
        return options;
    }

    static S3Options S3(RegistryOptions options) => options.S3 ?? new S3Options("", "us-east-1");

    static TokenOptions Token(RegistryOptions options) => options.Token ?? new TokenOptions("", "", "", []);

    static bool Boolean(string text) => GoBool.Parse(text) ?? throw new InvalidParameterException($"invalid boolean value \"{text}\"");

    static TimeSpan Duration(string text) =>
        GoDuration.TryParse(text, out TimeSpan duration) && duration >= TimeSpan.Zero ? duration : throw Bad(text);

    static InvalidParameterException Bad(string text) => new($"invalid duration \"{text}\"");
}
