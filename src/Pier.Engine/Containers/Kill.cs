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

    static int ToSend(string reference, string signal)
    {
        try
        {
            return Signals.Parse(signal);
        }
        catch (InvalidParameterException e)
        {
            // A number may be a signal elsewhere.
            var why =
                uint.TryParse(signal, out var number) && number > 0 ? $"the linux daemon does not support signal {number}" : e.Message;
            throw new InvalidParameterException($"cannot kill container: {reference}: {why}", e);
        }
    }

    /// <summary>
    /// Sends a signal (SIGKILL when null). SIGKILL returns when the container has ended, others at once. SIGKILL and the container's own
    /// stop signal are a user's word that it shall end: a restart policy does not bring it back.
    /// </summary>
    public async Task KillAsync(string reference, string? signal, CancellationToken ct)
    {
        var number = signal is { Length: > 0 } ? ToSend(reference, signal) : Signals.Kill;
        var container = ToKill(reference);
        await SettleAsync(container, ct).ConfigureAwait(false);
        var ends = number == Signals.Kill || number == StopSignal(container.Record.Config);
        if (container.Status == ContainerStatus.Restarting && ends)
        {
            await MarkStoppedAsync(container, ct).ConfigureAwait(false);
            return;
        }
        if (!container.IsRunning)
            throw new ConflictException($"cannot kill container: {reference}: container {container.Id} is not running");
        var exited = container.Waiters.Add(WaitCondition.NextExit, ct);
        if (ends)
            await MarkStoppedAsync(container, ct).ConfigureAwait(false);
        await SendAsync(container, number).ConfigureAwait(false);
        Publish(container, "kill", ("signal", number.ToString(CultureInfo.InvariantCulture)));
        if (number != Signals.Kill)
        {
            container.Waiters.Forget(exited);
            // A frozen process takes its end only when it is thawed; any other signal waits for that.
            if (ends && container.Status == ContainerStatus.Paused)
                await ThawAsync(container, ct).ConfigureAwait(false);
            return;
        }
        if (container.Status == ContainerStatus.Paused)
            await parts.Runtime.ResumeAsync(container.Id).ConfigureAwait(false);
        await EndsWithinAsync(exited, KillPatience, ct).ConfigureAwait(false);
    }
}
