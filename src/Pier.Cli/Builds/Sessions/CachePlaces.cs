using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Contracts.BuildKit.Control;
using Pier.Model;

namespace Pier.Cli.Builds.Sessions;

/// <summary>--cache-from and --cache-to: what goes to the daemon, and the directories of this machine that hold caches.</summary>
sealed class CachePlaces
{
    const string DefaultTag = "latest";

    readonly Dictionary<string, ContentDirectory> _stores = [];
    readonly List<(ContentDirectory Directory, string Tag)> _written = [];

    /// <summary>Content stores by the names under which the daemon asks for them.</summary>
    public IReadOnlyDictionary<string, ContentDirectory> Stores => _stores;

    public List<CacheOptionsEntry> Imports { get; } = [];
    public List<CacheOptionsEntry> Exports { get; } = [];

    public static CachePlaces Read(Invocation call)
    {
        var places = new CachePlaces();
        foreach (var text in call.Line.List("cache-from"))
            places.AddImport(text);
        foreach (var text in call.Line.List("cache-to"))
            places.Exports.Add(places.Export(Parse(text)));
        return places;
    }

    /// <summary>The cache is written: the directories name its manifest (JSON of a descriptor).</summary>
    public void Complete(string? manifest)
    {
        if (manifest is null || JsonSerializer.Deserialize(manifest, ImageJson.Plain.Descriptor) is not { } descriptor)
            return;
        foreach (var (directory, tag) in _written)
            directory.Name(descriptor, tag);
    }

    void AddImport(string text)
    {
        if (!text.Contains("type=", StringComparison.Ordinal))
        {
            foreach (var reference in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
                Imports.Add(new CacheOptionsEntry { Type = "registry", Attrs = { ["ref"] = reference } });
            return;
        }
        var entry = Parse(text);
        if (entry.Type == "local")
            entry = Local(entry, text);
        Imports.Add(entry);
    }

    // A cache that is not there yet is none: the first build of a machine has nothing to read.
    CacheOptionsEntry Local(CacheOptionsEntry entry, string text)
    {
        if (!entry.Attrs.TryGetValue("src", out var source))
            throw new CliFailure($"local cache importer requires src: {text}");
        var path = Path.GetFullPath(source);
        var directory = StoreAt(entry, "src", path);
        var tag = entry.Attrs.TryGetValue("tag", out var given) ? given : DefaultTag;
        if (!entry.Attrs.ContainsKey("digest") && directory.Find(tag) is { } found)
            entry.Attrs["digest"] = found.Digest.ToString();
        entry.Attrs.Remove("tag");
        return entry;
    }

    CacheOptionsEntry Export(CacheOptionsEntry entry)
    {
        if (entry.Type != "local")
            return entry;
        if (!entry.Attrs.TryGetValue("dest", out var destination))
            throw new CliFailure("local cache exporter requires dest");
        var path = Path.GetFullPath(destination);
        _written.Add((StoreAt(entry, "dest", path), entry.Attrs.TryGetValue("tag", out var tag) ? tag : DefaultTag));
        return entry;
    }

    // The daemon names a store in a header, which is ASCII: the path is a name to it and nothing else.
    ContentDirectory StoreAt(CacheOptionsEntry entry, string key, string path)
    {
        var name = entry.Attrs[key] = path.All(c => c is > ' ' and <= '~') ? path : Uri.EscapeDataString(path);
        return _stores.TryGetValue("local:" + name, out var known) ? known : _stores["local:" + name] = new ContentDirectory(path);
    }

    // "type=TYPE,KEY=VALUE,..."; --cache-to knows a bare name as a registry's.
    static CacheOptionsEntry Parse(string text)
    {
        if (!text.Contains('='))
            return text == "inline"
                ? new CacheOptionsEntry { Type = text }
                : new CacheOptionsEntry { Type = "registry", Attrs = { ["ref"] = text } };
        var fields = SessionOptions.Fields(text, "cache option");
        if (!fields.Remove("type", out var type))
            throw new CliFailure($"type required form> \"{text}\"");
        var entry = new CacheOptionsEntry { Type = type };
        foreach (var (key, value) in fields)
            entry.Attrs[key] = value;
        return entry;
    }
}
