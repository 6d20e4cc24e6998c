using System.Globalization;
using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    Container ToKill(string reference)
    {
        try
        {
            return parts.Containers.Resolve(reference);
        }
        catch (NotFoundException e)
        {
            throw new NotFoundException($"cannot kill container: {reference}: {e.Message}", e);
        }
    }

    /// <summary>Sends a signal (SIGKILL when null). SIGKILL returns when the container has ended, others at once.</summary>
    public async Task KillAsync(string reference, string? signal, CancellationToken ct)
    {
        var number = signal is { Length: > 0 } ? Signals.Parse(signal) : Signals.Kill;
        var container = ToKill(reference);
        if (container.Status == ContainerStatus.Restarting && number == Signals.Kill)
        {
            await CancelRestartAsync(container, ct).ConfigureAwait(false);
            return;
        }
        if (!container.IsRunning)
            throw new ConflictException($"cannot kill container: {reference}: container {container.Id} is not running");
        if (container.Status == ContainerStatus.Paused && number != Signals.Kill)
            throw new ConflictException(
                $"cannot kill container: {reference}: container {container.Id} is paused. Unpause the container before stopping or killing"
            );
        var exited = container.Waiters.Add(WaitCondition.NextExit, ct);
        if (number is Signals.Kill or Signals.Terminate)
            await MarkStoppedAsync(container, ct).ConfigureAwait(false);
        await SendAsync(container, number).ConfigureAwait(false);
        Publish(container, "kill", ("signal", number.ToString(CultureInfo.InvariantCulture)));
        if (number != Signals.Kill)
        {
            container.Waiters.Forget(exited);
            return;
        }
        // A frozen process takes its death only when it is thawed (cgroup v1).
        if (container.Status == ContainerStatus.Paused)
            await parts.Runtime.ResumeAsync(container.Id).ConfigureAwait(false);
        await EndsWithinAsync(exited, KillPatience, ct).ConfigureAwait(false);
    }
}
