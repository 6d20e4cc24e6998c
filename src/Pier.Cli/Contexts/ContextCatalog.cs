namespace Pier.Cli.Contexts;

/// <summary>The contexts as commands see them: the stored ones, and "default", which is made of options and environment.</summary>
sealed class ContextCatalog(ClientConfig config)
{
    const string DefaultDescription = "Current DOCKER_HOST based configuration";

    public ContextStore Store { get; } = new(config.Directory);

    /// <summary>Throws Docker's "context not found".</summary>
    public ContextRecord Read(string name) => name == ContextName.Default ? Default("") : Store.Read(name);

    /// <summary>What a new context that is like this one starts with. Here the default one has a description.</summary>
    public ContextRecord Copy(string source, string name) =>
        source == ContextName.Default ? Default(DefaultDescription).Named(name) : Store.Read(source).Named(name);

    public List<TlsFile> ReadTls(string name) => name == ContextName.Default ? DefaultTls() : Store.ReadTls(name);

    /// <summary>All of them by name, the default one among them.</summary>
    public List<ContextRecord> List()
    {
        List<ContextRecord> all;
        try
        {
            all = [Default(DefaultDescription), .. Store.List()];
        }
        catch (CliFailure e)
        {
            throw new CliFailure($"failed to read metadata: {e.Message}");
        }
        all.Sort((a, b) => ContextName.Compare(a.Name, b.Name));
        return all;
    }

    ContextRecord Default(string description)
    {
        var (host, tls) = config.DefaultEndpoint;
        return new ContextRecord(ContextName.Default, description, host, tls is { Verify: false });
    }

    List<TlsFile> DefaultTls()
    {
        var files = new List<TlsFile>();
        if (config.DefaultEndpoint.Tls is not { } tls)
            return files;
        foreach (var (name, path) in ((string, string)[])[("ca.pem", tls.Authority), ("cert.pem", tls.Certificate), ("key.pem", tls.Key)])
            if (File.Exists(path))
                files.Add(new TlsFile("docker", name, File.ReadAllBytes(path)));
        return files;
    }
}
