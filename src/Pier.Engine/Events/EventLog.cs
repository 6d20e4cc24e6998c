namespace Pier.Engine.Events;

/// <summary>Recent events (the last 256, as Docker keeps) and the subscribers of new ones.</summary>
public sealed partial class EventLog
{
    /// <summary>Past events that match, then new ones until the query's end. A subscriber is registered when the method returns.</summary>
    public IAsyncEnumerable<EngineEvent> Subscribe(EventsQuery query, CancellationToken ct) => throw new NotImplementedException();
}
