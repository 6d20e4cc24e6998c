using Microsoft.AspNetCore.Http;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>What a client says of the session that it opens: its id, its directories' key, and what it serves.</summary>
sealed record SessionHeaders(string Id, string SharedKey, IReadOnlyList<string> Methods)
{
    /// <summary>Ids are random; nothing longer is one.</summary>
    const int MaxId = 256;

    /// <summary>From HTTP headers, or from the metadata of a gRPC call, which are the same. Null where there is no id.</summary>
    public static SessionHeaders? Read(Func<string, IReadOnlyList<string>> values)
    {
        var id = values("X-Docker-Expose-Session-Uuid").FirstOrDefault() ?? "";
        return id.Length is 0 or > MaxId
            ? null
            : new SessionHeaders(
                id,
                values("X-Docker-Expose-Session-Sharedkey").FirstOrDefault() ?? "",
                values("X-Docker-Expose-Session-Grpc-Method")
            );
    }

    public static SessionHeaders? Read(IHeaderDictionary headers) => Read(name => [.. headers[name].Select(v => v ?? "")]);
}
