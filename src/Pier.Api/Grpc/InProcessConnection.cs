using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Pier.Api.Grpc;

/// <summary>A byte stream as Kestrel knows connections. Kestrel's goodbye ends <see cref="Finished"/>, not the stream.</summary>
sealed class InProcessConnection(IDuplexPipe transport, Action abort) : DefaultConnectionContext(Guid.NewGuid().ToString("N"), transport, transport)
{
    readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Finished => _finished.Task;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        abort();
        base.Abort(abortReason);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _finished.TrySetResult();
    }
}
