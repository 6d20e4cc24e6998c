using System.Text.Json;
using Pier.Cli.Transport;

namespace Pier.Cli;

/// <summary>Which daemon and how: from options, environment variables, and ~/.docker/config.json with its contexts.</summary>
sealed class ClientConfig
{
    readonly CliEnvironment _environment;
    readonly CommandLines.ParsedLine _global;
    readonly Lazy<JsonElement?> _file;

    public ClientConfig(CliEnvironment environment, CommandLines.ParsedLine global)
    {
        _environment = environment;
        _global = global;
        _file = new Lazy<JsonElement?>(ReadFile);
    }

    public string Directory => _global.Text("config") ?? Variable("DOCKER_CONFIG") ?? Path.Combine(Variable("HOME") ?? "/root", ".docker");

    /// <summary>The key sequence that detaches, when the user has one of their own.</summary>
    public string? DetachKeys => Setting("detachKeys");

    /// <summary>The user's own format of `ps`.</summary>
    public string? PsFormat => Setting("psFormat");

    /// <summary>The user's own format of `stats`.</summary>
    public string? StatsFormat => Setting("statsFormat");

    /// <summary>The user's own format of `images`.</summary>
    public string? ImagesFormat => Setting("imagesFormat");

    /// <summary>The daemon's socket on this host, or null for a daemon elsewhere.</summary>
    public string? SocketPath => Endpoint() is var (host, tls) ? DaemonAddress.Parse(host, tls is not null).SocketPath : null;

    public DaemonClient Connect()
    {
        var (host, tls) = Endpoint();
        var address = DaemonAddress.Parse(host, tls is not null);
        return new DaemonClient(address, tls, Variable("DOCKER_API_VERSION"));
    }

    (string Host, ClientTls? Tls) Endpoint()
    {
        if (_global.List("host") is { Count: > 0 } hosts)
            return hosts.Count == 1 ? (hosts[0], FlagTls()) : throw new CliFailure("specify only one -H");
        if (_global.Text("context") is { } named)
            return FromContext(named);
        if (Variable("PIER_HOST") is { } pier)
            return (pier, FlagTls());
        if (Variable("DOCKER_HOST") is { } docker)
            return (docker, FlagTls());
        if ((Variable("DOCKER_CONTEXT") ?? Setting("currentContext")) is { } context && context != "default")
            return FromContext(context);
        return (DaemonAddress.Default, FlagTls());
    }

    ClientTls? FlagTls()
    {
        var verify = _global.Flag("tlsverify", !string.IsNullOrEmpty(Variable("DOCKER_TLS_VERIFY")));
        if (!verify && !_global.Flag("tls") && string.IsNullOrEmpty(Variable("DOCKER_TLS")))
            return null;
        var directory = Variable("DOCKER_CERT_PATH") ?? Directory;
        return new ClientTls(
            _global.Text("tlscacert") ?? Path.Combine(directory, "ca.pem"),
            _global.Text("tlscert") ?? Path.Combine(directory, "cert.pem"),
            _global.Text("tlskey") ?? Path.Combine(directory, "key.pem"),
            verify
        );
    }

    /// <summary>
    /// A context is a directory named by the digest of its name: contexts/meta/DIGEST/meta.json, contexts/tls/DIGEST/docker/.
    /// </summary>
    (string Host, ClientTls? Tls) FromContext(string name)
    {
        if (name == "default")
            return (DaemonAddress.Default, FlagTls());
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));
        var meta = Path.Combine(Directory, "contexts", "meta", digest, "meta.json");
        if (!File.Exists(meta))
            throw new CliFailure(
                $"unable to resolve docker endpoint: context \"{name}\": context not found: open {meta}: no such file or directory"
            );
        using var document = JsonDocument.Parse(File.ReadAllBytes(meta));
        var endpoint = document.RootElement.GetProperty("Endpoints").GetProperty("docker");
        var host = endpoint.GetProperty("Host").GetString() ?? DaemonAddress.Default;
        var files = Path.Combine(Directory, "contexts", "tls", digest, "docker");
        if (!System.IO.Directory.Exists(files))
            return (host, FlagTls());
        var skip = endpoint.TryGetProperty("SkipTLSVerify", out var value) && value.ValueKind == JsonValueKind.True;
        return (host, new ClientTls(Path.Combine(files, "ca.pem"), Path.Combine(files, "cert.pem"), Path.Combine(files, "key.pem"), !skip));
    }

    string? Setting(string name) =>
        _file.Value is { } file && file.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    JsonElement? ReadFile()
    {
        var path = Path.Combine(Directory, "config.json");
        if (!File.Exists(path))
            return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException e)
        {
            throw new CliFailure($"Error loading config file: {path}: {e.Message}");
        }
    }

    string? Variable(string name) => _environment.Variable(name) is { Length: > 0 } value ? value : null;
}
