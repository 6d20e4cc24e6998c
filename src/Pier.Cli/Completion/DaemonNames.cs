using System.Text.Json;
using Pier.Cli.Contexts;
using Pier.Cli.Registries;

namespace Pier.Cli.Completion;

/// <summary>Names that only the daemon and the client's files know. A daemon that does not answer at once has none.</summary>
sealed class DaemonNames(ClientConfig config)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Names of containers, the newest first, as the API lists them.</summary>
    /// <param name="all">Those that do not run, too.</param>
    /// <param name="matches">Whether a container's JSON is meant; null for every one.</param>
    public IEnumerable<string> Containers(bool all, Func<JsonElement, bool>? matches = null) =>
        Items(all ? "/containers/json?all=1" : "/containers/json", null)
            .Where(c => matches?.Invoke(c) ?? true)
            .Select(c => c.Texts("Names").FirstOrDefault("").TrimStart('/'))
            .Where(n => n.Length > 0);

    /// <summary>Names of images with their tags.</summary>
    public IEnumerable<string> Images() =>
        Items("/images/json", null).SelectMany(i => i.Texts("RepoTags")).Where(t => !t.StartsWith("<none>"));

    public IEnumerable<string> Volumes() => Items("/volumes", "Volumes").Select(v => v.Text("Name")).Order(StringComparer.Ordinal);

    public IEnumerable<string> Networks() => Items("/networks", null).Select(n => n.Text("Name")).Order(StringComparer.Ordinal);

    /// <summary>Drivers of a kind, "Log", "Network" or "Volume".</summary>
    public IEnumerable<string> Drivers(string kind) =>
        Ask("/info").At("Plugins") is { } plugins ? plugins.Texts(kind).Order(StringComparer.Ordinal) : [];

    public IEnumerable<string> Runtimes() =>
        Ask("/info") is { } info ? info.Entries("Runtimes").Select(r => r.Name).Order(StringComparer.Ordinal) : [];

    /// <summary>The contexts with their descriptions.</summary>
    /// <param name="stored">Without the default one.</param>
    public IEnumerable<Candidate> Contexts(bool stored) =>
        new ContextCatalog(config)
            .List()
            .Where(c => !stored || c.Name != ContextName.Default)
            .Select(c => new Candidate(c.Name, c.Name == config.ContextName ? "current" : c.Description.Split('\n')[0]));

    /// <summary>The registries that credentials are kept for.</summary>
    public IEnumerable<string> Registries() => new CredentialFile(config.Directory).Known();

    IEnumerable<JsonElement> Items(string path, string? list) =>
        Ask(path) is not { } answer ? []
        : list is not null ? answer.Items(list)
        : answer.ValueKind == JsonValueKind.Array ? answer.EnumerateArray()
        : [];

    // The thread is left behind when time is up: the process ends then.
    JsonElement? Ask(string path)
    {
        var answer = Task.Run(() =>
        {
            try
            {
                using var client = config.Connect();
                using var document = client.GetJson(path);
                return document.RootElement.Clone();
            }
            catch (Exception e) when (e is CliFailure or IOException or JsonException or System.Net.Sockets.SocketException)
            {
                return (JsonElement?)null;
            }
        });
        return answer.Wait(Limit) ? answer.Result : null;
    }
}
