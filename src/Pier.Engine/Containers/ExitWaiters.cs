namespace Pier.Engine.Containers;

/// <summary>
/// Those who wait for a container's next exit or its removal. A waiter is known when <see cref="Add"/> returns: no fast exit is missed.
/// </summary>
sealed class ExitWaiters
{
    readonly Lock _lock = new();
    readonly List<(TaskCompletionSource<ContainerExitStatus> Source, WaitCondition Condition)> _waiting = [];

    public Task<ContainerExitStatus> Add(WaitCondition condition, CancellationToken ct)
    {
        var source = new TaskCompletionSource<ContainerExitStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _waiting.Add((source, condition));
        if (ct.CanBeCanceled)
        {
            var registration = ct.Register(() =>
            {
                lock (_lock)
                    _waiting.RemoveAll(w => w.Source == source);
                source.TrySetCanceled(ct);
            });
            source.Task.ContinueWith(
                _ => registration.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        }
        return source.Task;
    }

    /// <summary>A waiter that found out otherwise.</summary>
    public void Forget(Task<ContainerExitStatus> waiter)
    {
        lock (_lock)
            _waiting.RemoveAll(w => w.Source.Task == waiter);
    }

    /// <summary>A run has ended.</summary>
    public void Exited(ContainerExitStatus status) => Complete(w => w is WaitCondition.NextExit or WaitCondition.NotRunning, status);

    /// <summary>The container is gone: everyone is told.</summary>
    public void Removed(ContainerExitStatus status) => Complete(_ => true, status);

    void Complete(Func<WaitCondition, bool> satisfied, ContainerExitStatus status)
    {
        List<TaskCompletionSource<ContainerExitStatus>> done = [];
        lock (_lock)
        {
            _waiting.RemoveAll(w =>
            {
                if (!satisfied(w.Condition))
                    return false;
                done.Add(w.Source);
                return true;
            });
        }
        foreach (var source in done)
            source.TrySetResult(status);
    }
}
