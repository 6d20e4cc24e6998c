using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pier.Engine.Events;

/// <summary>Recent events (the last 256, as Docker keeps) and the subscribers of new ones.</summary>
public sealed class EventLog(TimeProvider time)
{
    const int Kept = 256;

    // A subscriber that does not read loses the oldest of this many; the publisher never waits.
    const int SubscriberBuffer = 4096;

    readonly Lock _lock = new();
    readonly Queue<EngineEvent> _recent = new();
    readonly List<Channel<EngineEvent>> _subscribers = [];

    /// <summary>Publishes an event with the current time.</summary>
    public void Publish(string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes)
    {
        var now = time.GetUtcNow();
        var entry = new EngineEvent(type, action, actorId, attributes, now, (now - DateTimeOffset.UnixEpoch).Ticks * 100);
        lock (_lock)
        {
            if (_recent.Count == Kept)
                _recent.Dequeue();
            _recent.Enqueue(entry);
            foreach (var subscriber in _subscribers)
                subscriber.Writer.TryWrite(entry);
        }
    }

    /// <summary>Past events that match, then new ones until the query's end. A subscriber is registered when the method returns.</summary>
    public IAsyncEnumerable<EngineEvent> Subscribe(EventsQuery query, CancellationToken ct)
    {
        var filter = new EventFilter(query.Filters);
        var channel = Channel.CreateBounded<EngineEvent>(
            new BoundedChannelOptions(SubscriberBuffer) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
        );
        EngineEvent[] past;
        lock (_lock)
        {
            past = query.SinceNanoseconds is { } since
                ? [.. _recent.Where(e => e.TimeNanoseconds >= since && !(e.TimeNanoseconds > query.UntilNanoseconds) && filter.Matches(e))]
                : [];
            _subscribers.Add(channel);
        }
        return Deliver(past, channel, query, filter, ct);
    }

    async IAsyncEnumerable<EngineEvent> Deliver(
        EngineEvent[] past,
        Channel<EngineEvent> channel,
        EventsQuery query,
        EventFilter filter,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            foreach (var entry in past)
                yield return entry;
            if (query.UntilNanoseconds is { } until)
            {
                var left = DateTimeOffset.UnixEpoch.AddTicks(until / 100) - time.GetUtcNow();
                if (left <= TimeSpan.Zero)
                    yield break;
                end.CancelAfter(left);
            }
            while (await NextAsync(channel.Reader, end.Token, ct).ConfigureAwait(false) is { } entry)
                if (filter.Matches(entry))
                    yield return entry;
        }
        finally
        {
            lock (_lock)
                _subscribers.Remove(channel);
        }
    }

    // Null at the query's own end; the caller's cancellation is thrown.
    static async ValueTask<EngineEvent?> NextAsync(ChannelReader<EngineEvent> reader, CancellationToken end, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(end).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
