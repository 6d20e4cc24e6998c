using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Images;

/// <summary>GET /images/{name}/history.</summary>
static class History
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var steps = await request.Engine.Images.HistoryAsync(request.Name, PlatformQuery.Read(request, 48), request.Aborted);
        var rows = steps.Select(step => new ImageHistoryEntry
        {
            Id = step.Id,
            Created = step.Created?.ToUnixTimeSeconds() ?? 0,
            CreatedBy = step.CreatedBy,
            Size = step.Size,
            Comment = step.Comment,
            Tags = step.Tags.Count == 0 ? null : step.Tags,
        });
        await request.AnswerAsync([.. rows], ContractsJson.Wire.ImageHistoryEntryArray);
    }
}
