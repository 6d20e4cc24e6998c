using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Cli.Transport;
using Pier.Model.Notation;

namespace Pier.Cli.Contexts;

/// <summary>
/// --docker of `context create` and `update`: host=ADDRESS,ca=FILE,cert=FILE,key=FILE,skip-tls-verify=BOOL, or from=CONTEXT.
/// </summary>
sealed class DockerOption
{
    static readonly string[] Keys = ["from", "host", "ca", "cert", "key", "skip-tls-verify"];

    readonly Dictionary<string, string> _fields = [];

    /// <summary>The option's help in the two commands' help.</summary>
    public const string Help =
        """
            Docker endpoint config:

            NAME                DESCRIPTION
            from                Copy named context's Docker endpoint configuration
            host                Docker endpoint on which to connect
            ca                  Trust certs signed only by this CA
            cert                Path to TLS certificate file
            key                 Path to TLS key file
            skip-tls-verify     Skip TLS certificate validation

            Example:

            $ {0} my-context --description "some description" --docker
            """ + " \"host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file\"";

    public static OptionSpec Spec => new("docker", '\0', "stringToString", "set the docker endpoint (default [])");

    DockerOption() { }

    /// <summary>Null when the option was not given.</summary>
    public static DockerOption? Of(Invocation call)
    {
        var values = call.Line.List("docker");
        if (values.Count == 0)
            return null;
        var option = new DockerOption();
        foreach (var value in values)
        foreach (var field in CommaFields.Split(value))
        {
            if (!field.Contains('='))
                throw new UsageFailure($"invalid argument \"{value}\" for \"--docker\" flag: {field} must be formatted as key=value");
            var (key, text) = KeyValues.Split(field);
            option._fields[key] = text;
        }
        return option;
    }

    /// <summary>Gives the context this endpoint; the answer is its TLS files.</summary>
    public List<TlsFile> Apply(ContextRecord context, ContextCatalog catalog)
    {
        try
        {
            foreach (var key in _fields.Keys.Order(StringComparer.Ordinal))
                if (!Keys.Contains(key))
                    throw new CliFailure($"unrecognized config key: {key}");
            if (_fields.GetValueOrDefault("from") is { Length: > 0 } source)
                return CopyFrom(source, context, catalog);
            var files = Read();
            var skip = _fields.GetValueOrDefault("skip-tls-verify") is { Length: > 0 } text && Truth(text);
            var host = _fields.GetValueOrDefault("host", "");
            CheckHost(host);
            CheckTls(files);
            context.SetDocker(host, skip);
            return files;
        }
        catch (CliFailure e)
        {
            throw new CliFailure($"unable to create docker endpoint config: {e.Message}");
        }
    }

    // The certificates come too: without them a copied TLS endpoint would be asked in the clear.
    static List<TlsFile> CopyFrom(string source, ContextRecord context, ContextCatalog catalog)
    {
        var from = catalog.Read(source);
        if (!from.HasDocker)
            throw new CliFailure($"unable to get endpoint from context \"{source}\"");
        context.SetDocker(from.Host, from.SkipVerify);
        return [.. catalog.ReadTls(source).Where(f => f.Endpoint == "docker")];
    }

    List<TlsFile> Read()
    {
        var files = new List<TlsFile>();
        foreach (var key in (string[])["ca", "cert", "key"])
            if (_fields.GetValueOrDefault(key) is { Length: > 0 } path)
                files.Add(new TlsFile("docker", key + ".pem", ContextFiles.Read(path)));
        return files;
    }

    static bool Truth(string text) =>
        GoBool.Parse(text) ?? throw new CliFailure($"skip-tls-verify: parsing {GoQuote.Text(text)}: invalid syntax");

    static void CheckHost(string host)
    {
        if (host.Length == 0)
            return;
        var parts = host.Split("://", 2);
        if (parts is not [{ Length: > 0 } scheme, var rest])
            throw new CliFailure($"unable to apply docker endpoint options: unable to parse docker host `{host}`");
        if (SshAddress.Is(host))
        {
            CheckSsh(host);
            return;
        }
        if (rest.Length == 0)
            throw new CliFailure($"unable to apply docker endpoint options: unable to parse docker host `{host}`");
        if (scheme == "npipe")
            throw new CliFailure("unable to apply docker endpoint options: protocol not available");
    }

    static void CheckSsh(string host)
    {
        try
        {
            SshAddress.Parse(host);
        }
        catch (CliFailure e)
        {
            throw new CliFailure($"invalid docker endpoint options: ssh host connection is not valid: {e.Message}");
        }
    }

    static void CheckTls(List<TlsFile> files)
    {
        byte[]? File(string name) => files.Find(f => f.Name == name).Content;
        if (File("ca.pem") is { } authority && Count(authority) == 0)
            throw Invalid("ca.pem seems invalid");
        if (File("cert.pem") is not { } certificate || File("key.pem") is not { } key)
            return;
        foreach (var (name, pem) in ((string, byte[])[])[("certificate", certificate), ("key", key)])
            if (!PemEncoding.TryFind(Text(pem), out _))
                throw Invalid($"tls: failed to find any PEM data in {name} input");
        try
        {
            using var pair = X509Certificate2.CreateFromPem(Text(certificate), Text(key));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Invalid($"tls: {e.Message}");
        }
    }

    static int Count(byte[] pem)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(Text(pem));
            return found.Count;
        }
        catch (CryptographicException)
        {
            return 0;
        }
    }

    static string Text(byte[] pem) => System.Text.Encoding.Latin1.GetString(pem);

    static CliFailure Invalid(string reason) => new($"invalid docker endpoint options: failed to retrieve context tls info: {reason}");
}
