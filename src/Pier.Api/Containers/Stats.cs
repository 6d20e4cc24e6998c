using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Stats;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>
/// GET /containers/{name}/stats: a stream of one JSON line a second, or (stream=0) one answer; one-shot does not wait for a second sample.
/// </summary>
static class Stats
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var stats = request.Engine.Stats;
        var stream = request.Query.Flag("stream", missing: true);
        var oneShot = !request.Version.IsBefore(41) && request.Query.Flag("one-shot");
        if (stream && oneShot)
            throw new InvalidParameterException("cannot have stream=true and one-shot=true");
        if (!stream)
        {
            var pair = oneShot ? new StatsPair(stats.Sample(request.Name), null) : await stats.PairAsync(request.Name, request.Aborted);
            await request.AnswerAsync(StatsShapes.Of(pair), ContractsJson.Wire.ContainerStatsResponse);
            return;
        }
        var samples = stats.StreamAsync(request.Name, request.Aborted);
        await request.StartAsync("application/json");
        await foreach (var pair in samples)
            await request.SendLineAsync(StatsShapes.Of(pair), ContractsJson.Wire.ContainerStatsResponse);
    }
}
