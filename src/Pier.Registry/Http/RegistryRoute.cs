namespace Pier.Registry.Http;

/// <summary>The things that a registry answers for.</summary>
enum Resource
{
    Unknown,
    Base,
    Catalog,
    Tags,
    Manifest,
    Blob,
    Uploads,
    Upload,
    Referrers,
    Search,
    SearchPing,
    Health,
    Metrics,
}

/// <summary>
/// A path taken apart. Names hold slashes, so the path is read from its end; whether the name and the reference are well formed is the
/// endpoint's question.
/// </summary>
readonly record struct RegistryRoute(Resource Resource, string Name = "", string Reference = "")
{
    public static RegistryRoute Parse(string path) =>
        path switch
        {
            "/v2/" or "/v2" => new(Resource.Base),
            "/v2/_catalog" => new(Resource.Catalog),
            "/v1/search" => new(Resource.Search),
            "/v1/_ping" or "/v1/_ping/" => new(Resource.SearchPing),
            "/healthz" => new(Resource.Health),
            "/metrics" => new(Resource.Metrics),
            _ when path.StartsWith("/v2/", StringComparison.Ordinal) => OfRepository(path["/v2/".Length..]),
            _ => new(Resource.Unknown),
        };

    static RegistryRoute OfRepository(string rest)
    {
        var slash = rest.LastIndexOf('/');
        if (slash < 0)
            return new(Resource.Unknown);
        var (head, last) = (rest[..slash], rest[(slash + 1)..]);
        if (Before(head, "/blobs/uploads") is { } uploading)
            return last.Length == 0 ? new(Resource.Uploads, uploading) : new(Resource.Upload, uploading, last);
        if (Before(head, "/blobs") is { } holder)
            return last == "uploads" ? new(Resource.Uploads, holder) : new(Resource.Blob, holder, last);
        if (Before(head, "/manifests") is { } owner)
            return new(Resource.Manifest, owner, last);
        if (Before(head, "/referrers") is { } subject)
            return new(Resource.Referrers, subject, last);
        return last == "list" && Before(head, "/tags") is { } tagged ? new(Resource.Tags, tagged) : new(Resource.Unknown);
    }

    static string? Before(string text, string end) =>
        text.Length > end.Length && text.EndsWith(end, StringComparison.Ordinal) ? text[..^end.Length] : null;
}
