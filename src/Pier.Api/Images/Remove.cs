using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Images;

/// <summary>DELETE /images/{name}.</summary>
static class Remove
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var removals = await request.Engine.Images.RemoveAsync(
            request.Name,
            request.Query.Flag("force"),
            prune: !request.Query.Flag("noprune"),
            request.Version.IsBefore(50)
                ? []
                : [.. request.Query.All("platforms").Where(p => !string.IsNullOrEmpty(p)).Select(p => PlatformQuery.Of(p!))],
            request.Aborted
        );
        var rows = removals.Select(r => new ImageDeleteEntry { Untagged = r.Untagged, Deleted = r.Deleted });
        await request.AnswerAsync([.. rows], ContractsJson.Wire.ImageDeleteEntryArray);
    }
}
