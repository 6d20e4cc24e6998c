using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Pier.Api.Grpc;

/// <summary>A byte stream as Kestrel knows connections. Kestrel's goodbye ends <see cref="Finished"/>, not the stream.</summary>
sealed class InProcessConnection : DefaultConnectionContext
{
    readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Never disposed: an abort may come after the end.
    readonly CancellationTokenSource _closed = new();
    readonly Action _abort;

    public InProcessConnection(IDuplexPipe transport, Action abort)
        : base(Guid.NewGuid().ToString("N"), transport, transport)
    {
        _abort = abort;
        ConnectionClosed = _closed.Token;
    }

    public Task Finished => _finished.Task;

    // Not the base's: it cancels, on a thread of the pool, a source that may be disposed by then, which would end the process.
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _abort();
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _finished.TrySetResult();
    }
}
