using System.Globalization;
using System.Net;
using System.Text.Json;
using Pier.Distribution.Auth;
using Pier.Distribution.Credentials;
using Pier.Distribution.Transport;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Distribution;

public sealed partial class RegistryClient
{
    const int MaxList = 4 << 20,
        MaxPages = 10_000;

    /// <summary>Every tag of a repository, through all pages.</summary>
    public Task<IReadOnlyList<string>> TagsAsync(
        ImageReference repository,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    ) =>
        FromAnyAsync<IReadOnlyList<string>>(
            repository,
            credentials,
            async session =>
            {
                var tags = new List<string>();
                string? next = $"v2/{repository.Path}/tags/list?n=1000";
                for (var pages = 0; next is not null && pages < MaxPages; pages++)
                {
                    using var answer = await session.SendAsync(next, RegistrySession.PullScope(repository.Path), RegistrySession.Get, ct);
                    if (answer.StatusCode != HttpStatusCode.OK)
                        throw await RegistryFailure.OfAsync(answer, ct);
                    tags.AddRange(Parse(await BoundedBody.ReadAsync(answer, MaxList, ct), DistributionJson.Plain.TagList).Tags ?? []);
                    next = NextOf(answer);
                }
                return tags;
            },
            ct
        );

    /// <summary>
    /// What refers to a manifest, of one artifact type or (null) of all. Asks the referrers API, and where a registry has none the tag
    /// "sha256-HEX" that clients keep instead (OCI distribution spec, "Referrers Tag Schema").
    /// </summary>
    public Task<ImageIndex> ReferrersAsync(
        ImageReference repository,
        Digest subject,
        string? artifactType = null,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    ) =>
        FromAnyAsync(
            repository,
            credentials,
            async session =>
            {
                var filter = artifactType is null ? "" : $"?artifactType={Uri.EscapeDataString(artifactType)}";
                using var answer = await session.SendAsync(
                    $"v2/{repository.Path}/referrers/{subject}{filter}",
                    RegistrySession.PullScope(repository.Path),
                    RegistrySession.Get,
                    ct
                );
                ImageIndex index;
                if (answer.StatusCode == HttpStatusCode.OK && MediaTypes.IsIndex(answer.Content.Headers.ContentType?.MediaType))
                    index = ImageDocument.Index(await BoundedBody.ReadAsync(answer, ImageDocument.MaxSize, ct));
                else if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.OK)
                    index = await Pull.FetchedManifest.GetAsync(session, repository.Path, $"{subject.Algorithm}-{subject.Hex}", ct)
                        is { } tagged
                        ? ImageDocument.Index(tagged.Bytes)
                        : new ImageIndex { Manifests = [] };
                else
                    throw await RegistryFailure.OfAsync(answer, ct);
                // A registry need not filter.
                return artifactType is null
                    ? index
                    : index with
                    {
                        Manifests = [.. index.Manifests.Where(m => m.ArtifactType == artifactType)],
                    };
            },
            ct
        );

    /// <summary>
    /// Searches Docker Hub ("term") or another registry ("host/term") by the v1 API; at most <paramref name="limit"/> results.
    /// </summary>
    public async Task<IReadOnlyList<SearchResult>> SearchAsync(
        string term,
        int limit = 25,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    )
    {
        if (limit is < 1 or > 100)
            throw new InvalidParameterException($"limit {limit} is outside the range of [1, 100]");
        if (term.Contains("://", StringComparison.Ordinal))
            throw new InvalidParameterException($"invalid repository name: repository name ({term}) should not have a scheme");
        var slash = term.IndexOf('/');
        var first = slash < 0 ? "" : term[..slash];
        var isHost = first.AsSpan().ContainsAny('.', ':') || first == "localhost";
        var host = _directory.ForSearch(isHost && first is not ("docker.io" or "index.docker.io") ? first : "docker.io");
        var words = isHost ? term[(slash + 1)..] : term;
        return await Translation.CrossAsync<IReadOnlyList<SearchResult>>(
            host,
            null,
            async () =>
            {
                var session = await SessionAsync(host, credentials, ct);
                using var answer = await session.SendAsync(
                    string.Create(CultureInfo.InvariantCulture, $"v1/search?q={Uri.EscapeDataString(words)}&n={limit}"),
                    "registry:catalog:*",
                    RegistrySession.Get,
                    ct
                );
                if (answer.StatusCode != HttpStatusCode.OK)
                    throw await RegistryFailure.OfAsync(answer, ct);
                return
                [
                    .. (Parse(await BoundedBody.ReadAsync(answer, MaxList, ct), DistributionJson.Plain.SearchAnswer).Results ?? []).Take(
                        limit
                    ),
                ];
            },
            ct
        );
    }

    /// <summary>
    /// Checks credentials; the answer is an identity token to keep instead of the password, or null where the registry gives none. Throws
    /// <see cref="UnauthorizedException"/>.
    /// </summary>
    public async Task<string?> LoginAsync(string domain, RegistryCredentials credentials, CancellationToken ct = default)
    {
        var host = _directory.ForPush(domain);
        return await Translation.CrossAsync(
            host,
            null,
            async () =>
            {
                var session = await SessionAsync(host, new CallCredentials(host.Name, credentials), ct);
                using var ping = await session.SendAsync("v2/", "", RegistrySession.Get, ct);
                if (ping.StatusCode == HttpStatusCode.Unauthorized)
                    throw new UnauthorizedException($"Get \"{host}/v2/\": unauthorized: incorrect username or password");
                if (ping.StatusCode != HttpStatusCode.OK)
                    throw await RegistryFailure.OfAsync(ping, ct);
                return _connections.Of(host).Challenges?.FirstOrDefault(c => c.IsBearer) is { } bearer && credentials.IdentityToken is null
                    ? await session.Tokens.LoginAsync(bearer, ct)
                    : null;
            },
            ct
        );
    }

    // Only a path of the same registry: a list's next page is nowhere else.
    static string? NextOf(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Link", out var values))
            return null;
        var link = values.First();
        var (open, close) = (link.IndexOf('<'), link.IndexOf('>'));
        if (open < 0 || close < open || !link[close..].Contains("next", StringComparison.Ordinal))
            return null;
        var request = answer.RequestMessage!.RequestUri!;
        return Uri.TryCreate(request, link[(open + 1)..close], out var next) && next.Authority == request.Authority
            ? next.PathAndQuery
            : null;
    }

    static T Parse<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new UnavailableException("the registry answered null");
        }
        catch (JsonException e)
        {
            throw new UnavailableException($"the registry's answer is no valid document: {e.Message}", e);
        }
    }
}
