namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>
    /// The waiter is registered when the method returns, so that a caller may answer "I am waiting" before the exit can happen.
    /// </summary>
    public Task<ContainerExitStatus> WaitAsync(string reference, WaitCondition condition, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        // Registered before the state is read: an exit in between satisfies the waiter.
        var waiting = container.Waiters.Add(condition, ct);
        if (condition != WaitCondition.NotRunning || container.IsRunning || container.Status == ContainerStatus.Restarting)
            return waiting;
        container.Waiters.Forget(waiting);
        return Task.FromResult(container.LastExit);
    }
}
