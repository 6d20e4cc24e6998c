using System.Collections.Concurrent;
using Pier.Model;

namespace Pier.Api.BuildKit.Jobs;

/// <summary>
/// The builds that run, by their clients' names for them, and for a while those that ended: a watcher may come late, or early.
/// </summary>
sealed class JobTable
{
    /// <summary>How long a watcher waits for its build to begin, as in BuildKit.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long a build that ended can still be watched.</summary>
    static readonly TimeSpan Afterlife = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<string, TaskCompletionSource<BuildJob>> _jobs = new();

    /// <summary>Runs a build under a name. Throws <see cref="ConflictException"/> while another one of that name is known.</summary>
    public async Task<T> RunAsync<T>(string name, Func<BuildJob, Task<T>> build)
    {
        var job = new BuildJob();
        var place = _jobs.GetOrAdd(name, _ => Place());
        if (!place.TrySetResult(job))
            throw new ConflictException($"job ID {name} exists");
        try
        {
            return await build(job);
        }
        finally
        {
            job.End();
            _ = ForgetAsync(name, place);
        }
    }

    /// <summary>Throws <see cref="NotFoundException"/> when no build of that name begins in time.</summary>
    public async Task<BuildJob> FindAsync(string name, CancellationToken ct)
    {
        var place = _jobs.GetOrAdd(name, _ => Place());
        try
        {
            return await place.Task.WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            if (!place.Task.IsCompleted)
                _jobs.TryRemove(new(name, place));
            throw new NotFoundException($"no such job {name}");
        }
    }

    async Task ForgetAsync(string name, TaskCompletionSource<BuildJob> place)
    {
        await Task.Delay(Afterlife);
        _jobs.TryRemove(new(name, place));
    }

    static TaskCompletionSource<BuildJob> Place() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
