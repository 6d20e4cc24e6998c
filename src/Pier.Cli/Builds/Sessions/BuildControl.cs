using Pier.Cli.Transport;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.Grpc;

namespace Pier.Cli.Builds.Sessions;

/// <summary>The daemon's side of BuildKit: builds, and what happens in them.</summary>
sealed class BuildControl : IDisposable
{
    const string Service = "/moby.buildkit.v1.Control/";

    readonly DaemonAnswer _answer;
    readonly GrpcChannel _channel;

    BuildControl(DaemonAnswer answer) => (_answer, _channel) = (answer, new GrpcChannel(new RawStream(answer.Connection)));

    public static BuildControl Open(DaemonClient client) => new(client.Upgrade("/grpc", "h2c", []));

    /// <summary>
    /// Builds, and shows how it goes. Throws <see cref="GrpcException"/> when the build fails, after all of it was shown.
    /// </summary>
    public async Task<SolveResponse> SolveAsync(SolveRequest request, Action<StatusResponse> show)
    {
        using var over = new CancellationTokenSource();
        var solving = _channel.CallAsync(Service + "Solve", request, SolveResponse.Parser, CancellationToken.None);
        var showing = ShowAsync(request.Ref, show, over.Token);
        Task ended = solving;
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What happened is there to be read until its end; a daemon that does not tell it must not keep the result.
        over.CancelAfter(TimeSpan.FromSeconds(10));
        await showing.ConfigureAwait(false);
        return await solving.ConfigureAwait(false);
    }

    async Task ShowAsync(string reference, Action<StatusResponse> show, CancellationToken ct)
    {
        try
        {
            await using var call = await _channel.OpenAsync(Service + "Status", [], ct).ConfigureAwait(false);
            await call.WriteAsync(new StatusRequest { Ref = reference }).ConfigureAwait(false);
            await call.CompleteWritesAsync().ConfigureAwait(false);
            while (await call.ReadAsync(StatusResponse.Parser).ConfigureAwait(false) is { } status)
                show(status);
        }
        catch (Exception e) when (e is GrpcException or OperationCanceledException)
        {
            // The result says what went wrong.
        }
    }

    public void Dispose()
    {
        _answer.Connection.Abort();
        _channel.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(2));
        _answer.Connection.Dispose();
    }
}
