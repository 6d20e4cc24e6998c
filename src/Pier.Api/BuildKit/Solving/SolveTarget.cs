using Pier.Contracts.BuildKit.Control;
using Pier.Engine.Builds.Caches;

namespace Pier.Api.BuildKit.Solving;

/// <summary>Where a solve's result goes, and who is asked meanwhile.</summary>
sealed record SolveTarget
{
    /// <summary>The client's session; "" for none.</summary>
    public string Session { get; init; } = "";

    /// <summary>None: the build fills the cache alone.</summary>
    public IReadOnlyList<ExporterChoice> Exporters { get; init; } = [];

    /// <summary>Rights that the client grants: "security.insecure", "network.host".</summary>
    public IReadOnlyList<string> Entitlements { get; init; } = [];
    public IReadOnlyList<CachePlace> CacheImports { get; init; } = [];
    public IReadOnlyList<CachePlace> CacheExports { get; init; } = [];

    /// <summary>The context as a tar, where it came with the request; null otherwise.</summary>
    public Stream? Upload { get; init; }

    public static SolveTarget Of(SolveRequest request) =>
        new()
        {
            Session = request.Session,
            Exporters =
                request.Exporters.Count > 0
                    ?
                    [
                        .. request.Exporters.Select(
                            (e, i) =>
                                new ExporterChoice(
                                    e.Type,
                                    e.Attrs.ToDictionary(),
                                    i.ToString(System.Globalization.CultureInfo.InvariantCulture)
                                )
                        ),
                    ]
                : request.ExporterDeprecated.Length > 0
                    ? [new ExporterChoice(request.ExporterDeprecated, request.ExporterAttrsDeprecated.ToDictionary(), "")]
                : [],
            Entitlements = [.. request.Entitlements],
            CacheImports = [.. Places(request.Cache?.Imports ?? []), .. (request.Cache?.ImportRefsDeprecated ?? []).Select(Registry)],
            CacheExports = [.. Places(request.Cache?.Exports ?? []), .. OldExport(request.Cache)],
        };

    /// <summary>A cache in a registry, by its name.</summary>
    public static CachePlace Registry(string reference) => new("registry", new Dictionary<string, string> { ["ref"] = reference });

    static IEnumerable<CachePlace> Places(IEnumerable<CacheOptionsEntry> entries) =>
        entries.Select(e => new CachePlace(e.Type, e.Attrs.ToDictionary()));

    // Clients before 2018 knew registries alone.
    static IEnumerable<CachePlace> OldExport(CacheOptions? cache)
    {
        if (cache is not { ExportRefDeprecated.Length: > 0 })
            yield break;
        yield return new CachePlace(
            "registry",
            new Dictionary<string, string>(cache.ExportAttrsDeprecated) { ["ref"] = cache.ExportRefDeprecated }
        );
    }
}

/// <summary>An exporter and its options. The id tells outputs apart that go to the same client; "" where there is one alone.</summary>
sealed record ExporterChoice(string Type, IReadOnlyDictionary<string, string> Options, string Id);
