using System.Collections.Concurrent;
using Pier.Model;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>The sessions that are open. A build may come a moment before the session that it names.</summary>
sealed class SessionTable
{
    /// <summary>How long a build waits for its session, as in BuildKit.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, TaskCompletionSource<BuildSession>> _sessions = new();

    /// <summary>Serves a session from its stream's beginning to its end.</summary>
    public async Task ServeAsync(SessionHeaders headers, Stream stream, CancellationToken ended)
    {
        await using var session = new BuildSession(headers, stream);
        var place = _sessions.GetOrAdd(headers.Id, _ => Place());
        if (!place.TrySetResult(session))
            throw new ConflictException($"session {headers.Id} already exists");
        try
        {
            await session.WatchAsync(ended);
        }
        finally
        {
            _sessions.TryRemove(new(headers.Id, place));
        }
    }

    public bool IsOpen(string id) => _sessions.TryGetValue(id, out var place) && place.Task.IsCompleted;

    /// <summary>The session of an id. Throws <see cref="NotFoundException"/> when it does not come in time.</summary>
    public async Task<BuildSession> FindAsync(string id, CancellationToken ct)
    {
        var place = _sessions.GetOrAdd(id, _ => Place());
        try
        {
            return await place.Task.WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            if (!place.Task.IsCompleted)
                _sessions.TryRemove(new(id, place));
            throw new NotFoundException($"no active session for {id}: context deadline exceeded");
        }
    }

    static TaskCompletionSource<BuildSession> Place() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
