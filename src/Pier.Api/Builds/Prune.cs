using System.Globalization;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Builds;
using Pier.Model;

namespace Pier.Api.Builds;

/// <summary>POST /build/prune.</summary>
static class Prune
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var query = request.Query;
        var old = request.Version.IsBefore(48);
        var (ids, bytes) = await request.Engine.Builds.PruneAsync(
            new PruneBuilds
            {
                All = query.Flag("all"),
                // keep-storage until API 1.47, the others since.
                ReservedSpace = Math.Max(Bytes(query, "keep-storage"), old ? 0 : Bytes(query, "reserved-space")),
                MaxUsedSpace = old ? 0 : Bytes(query, "max-used-space"),
                MinFreeSpace = old ? 0 : Bytes(query, "min-free-space"),
                Filters = query.Filters().Values,
            },
            request.Aborted
        );
        await request.AnswerAsync(
            new BuildPruneResponse { CachesDeleted = ids.Count > 0 ? ids : null, SpaceReclaimed = bytes },
            ContractsJson.Wire.BuildPruneResponse
        );
    }

    static long Bytes(Query query, string key)
    {
        if (query.Text(key) is not { } text)
            return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidParameterException(
                $"{key} is in bytes and expects an integer, got {text}: strconv.Atoi: parsing \"{text}\": invalid syntax"
            );
    }
}
