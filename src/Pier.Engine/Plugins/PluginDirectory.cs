using System.Text.Json;
using Pier.Model;

namespace Pier.Engine.Plugins;

/// <summary>
/// Finds plugins by their files (Docker's plugin discovery): NAME.sock (or NAME/NAME.sock) first, then NAME.spec and NAME.json. The
/// directories are the administrator's: whoever may write there is root already.
/// </summary>
sealed class PluginDirectory(IReadOnlyList<string> directories)
{
    const int GreatestFile = 64 << 10;

    /// <summary>The plugin of a name, or null.</summary>
    public PluginAddress? Find(string name)
    {
        if (name.Length is 0 or > 255 || name[0] == '.' || name.AsSpan().ContainsAny('/', '\0'))
            return null;
        foreach (var directory in directories)
        foreach (var socket in (string[])[Path.Combine(directory, name + ".sock"), Path.Combine(directory, name, name + ".sock")])
            if (File.Exists(socket))
                return new PluginAddress(name, new Uri("unix://" + socket));
        foreach (var directory in directories)
        {
            if (Read(Path.Combine(directory, name + ".spec")) is { } spec)
                return new PluginAddress(name, Parse(name, spec.Trim()));
            if (Read(Path.Combine(directory, name + ".json")) is { } json)
                return Described(name, json);
        }
        return null;
    }

    /// <summary>The names of all plugins that have a file.</summary>
    public IReadOnlyList<string> Names() =>
        [
            .. directories
                .Where(Directory.Exists)
                .SelectMany(d =>
                    Directory
                        .EnumerateFiles(d)
                        .Concat(
                            Directory.EnumerateDirectories(d).Select(s => Path.Combine(s, Path.GetFileName(s) + ".sock")).Where(File.Exists)
                        )
                )
                .Where(f => Path.GetExtension(f) is ".sock" or ".spec" or ".json")
                .Select(f => Path.GetFileNameWithoutExtension(f))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    static PluginAddress Described(string name, string json)
    {
        try
        {
            var description = JsonSerializer.Deserialize(json, PluginDescriptionJson.Default.PluginDescription);
            return new PluginAddress(name, Parse(name, description?.Addr ?? ""), description?.Tls);
        }
        catch (JsonException e)
        {
            throw new HostFailureException($"plugin {name}: {e.Message}", e);
        }
    }

    static Uri Parse(string name, string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "unix" or "tcp" or "http" or "https"
            ? uri
            : throw new HostFailureException($"plugin {name}: unknown protocol in address \"{address}\"");

    static string? Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= GreatestFile } ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
