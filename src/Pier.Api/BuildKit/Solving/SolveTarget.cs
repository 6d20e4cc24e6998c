using Pier.Contracts.BuildKit.Control;

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
    public IReadOnlyList<CacheChoice> CacheImports { get; init; } = [];
    public IReadOnlyList<CacheChoice> CacheExports { get; init; } = [];

    /// <summary>The context as a tar, where it came with the request; null otherwise.</summary>
    public Stream? Upload { get; init; }

    public static SolveTarget Of(SolveRequest request) => new()
    {
        Session = request.Session,
        Exporters = request.Exporters.Count > 0
            ? [.. request.Exporters.Select((e, i) => new ExporterChoice(e.Type, e.Attrs.ToDictionary(), i.ToString(System.Globalization.CultureInfo.InvariantCulture)))]
            : request.ExporterDeprecated.Length > 0 ? [new ExporterChoice(request.ExporterDeprecated, request.ExporterAttrsDeprecated.ToDictionary(), "")] : [],
        Entitlements = [.. request.Entitlements],
        CacheImports = [.. (request.Cache?.Imports ?? []).Select(c => new CacheChoice(c.Type, c.Attrs.ToDictionary()))],
        CacheExports = [.. (request.Cache?.Exports ?? []).Select(c => new CacheChoice(c.Type, c.Attrs.ToDictionary()))],
    };
}

/// <summary>An exporter and its options. The id tells outputs apart that go to the same client; "" where there is one alone.</summary>
sealed record ExporterChoice(string Type, IReadOnlyDictionary<string, string> Options, string Id);

/// <summary>A cache to read or write: "registry", "inline", "local", and its options.</summary>
sealed record CacheChoice(string Type, IReadOnlyDictionary<string, string> Options);
