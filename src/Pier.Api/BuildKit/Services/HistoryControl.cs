using System.Globalization;
using Pier.Api.BuildKit.Jobs;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Control;

namespace Pier.Api.BuildKit.Services;

/// <summary>The builds that were, as BuildKit's clients list, follow and forget them.</summary>
sealed class HistoryControl(BuildHistory history)
{
    /// <summary>By which clients tell for how long a build has been running.</summary>
    const string NowKey = "buildkit-current-timestamp";

    public async Task ListenAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(BuildHistoryRequest.Parser);
        call.Tell(NowKey, DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        await call.StartAsync();
        await foreach (var happened in history.ListenAsync(request, call.Ended))
            await call.WriteAsync(happened);
    }

    public async Task UpdateAsync(GrpcCall call)
    {
        history.Update(await call.ReadOneAsync(UpdateBuildHistoryRequest.Parser));
        await call.WriteAsync(new UpdateBuildHistoryResponse());
    }
}
