using System.Text.Json;
using Pier.Cli.Contexts;
using Pier.Cli.Transport;

namespace Pier.Cli;

/// <summary>Which daemon and how: from options, environment variables, and ~/.docker/config.json with its contexts.</summary>
sealed class ClientConfig
{
    // Pier's own before Docker's.
    static readonly string[] HostVariables = ["PIER_HOST", "DOCKER_HOST"];

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
        return new DaemonClient(address, tls, _environment.Programs, Variable("DOCKER_API_VERSION"));
    }

    /// <summary>The context in force: what an option says, or the environment, or config.json. It need not exist.</summary>
    public string ContextName =>
        _global.Text("context")
        ?? (HostOption is not null || OverridingVariable is not null ? null : Variable("DOCKER_CONTEXT") ?? StoredContext)
        ?? Contexts.ContextName.Default;

    /// <summary>The context that `context use` has set, or null.</summary>
    public string? StoredContext => Setting("currentContext");

    /// <summary>The environment variable that names a daemon and so takes the context's place, or null.</summary>
    public string? OverridingVariable => Array.Find(HostVariables, v => Variable(v) is not null);

    /// <summary>The "default" context: the daemon that options and environment name.</summary>
    public (string Host, ClientTls? Tls) DefaultEndpoint =>
        (HostOption ?? (OverridingVariable is { } variable ? Variable(variable)! : DaemonAddress.Default), FlagTls());

    /// <summary>Remembers a context in config.json; the default one by leaving it out.</summary>
    public void StoreContext(string name)
    {
        var config = new ConfigFile(Directory);
        var file = config.Load();
        var before = (string?)file["currentContext"] ?? Contexts.ContextName.Default;
        if (name == before)
            return;
        if (name == Contexts.ContextName.Default)
            file.Remove("currentContext");
        else
            file["currentContext"] = name;
        config.Save(file);
    }

    /// <summary>Refuses options that contradict each other.</summary>
    public void Check()
    {
        if (HostOption is not null && _global.Has("context"))
            throw new CliFailure("conflicting options: cannot specify both --host and --context");
    }

    string? HostOption =>
        _global.List("host") switch
        {
            [] => null,
            [var one] => one,
            _ => throw new CliFailure("specify only one -H"),
        };

    (string Host, ClientTls? Tls) Endpoint() =>
        ContextName is var name && name == Contexts.ContextName.Default ? DefaultEndpoint : FromContext(name);

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

    // A context's connection is its own: options about TLS are those of the default one.
    (string Host, ClientTls? Tls) FromContext(string name)
    {
        try
        {
            var store = new ContextStore(Directory);
            var context = store.Read(name);
            if (!context.HasDocker)
                throw new CliFailure($"context \"{name}\" has no endpoint \"docker\"");
            var host = context.Host.Length > 0 ? context.Host : DaemonAddress.Default;
            var files = Path.Combine(store.TlsPath(name), "docker");
            var tls = new ClientTls(
                Path.Combine(files, "ca.pem"),
                Path.Combine(files, "cert.pem"),
                Path.Combine(files, "key.pem"),
                !context.SkipVerify
            );
            return (host, context.SkipVerify || System.IO.Directory.Exists(files) ? tls : null);
        }
        catch (CliFailure e)
        {
            throw new CliFailure($"Failed to initialize: unable to resolve docker endpoint: {e.Message}");
        }
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
