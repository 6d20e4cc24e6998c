using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Containers;

namespace Pier.Api.Containers;

/// <summary>GET /containers/json.</summary>
static class List
{
    static readonly string[] Accepted =
    [
        "ancestor",
        "before",
        "exited",
        "id",
        "isolation",
        "label",
        "name",
        "status",
        "health",
        "since",
        "volume",
        "network",
        "is-task",
        "publish",
        "expose",
    ];

    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request
            .Query.Filters()
            .Accepting(Accepted)
            .WithValues("status", "state", "created", "running", "paused", "restarting", "removing", "exited", "dead")
            .WithValues("health", "health", "none", "starting", "healthy", "unhealthy");
        var limit = request.Query.Number("limit");
        var views = await request.Engine.Containers.ListAsync(
            new ListContainers(request.Query.Flag("all"), limit is > 0 ? limit : null, request.Query.Flag("size"), filters.Values),
            request.Aborted
        );
        var now = DateTimeOffset.UtcNow;
        // One row at a time: it is garbage as soon as it is written.
        await request.AnswerAsync(
            views.Select(v => ContainerShapes.Summary(v, now, request.Version)),
            ContractsJson.Wire.IEnumerableContainerSummary
        );
    }
}
