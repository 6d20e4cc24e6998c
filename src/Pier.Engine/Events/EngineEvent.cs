namespace Pier.Engine.Events;

/// <summary>
/// Something that happened to an object: Docker's type ("container"), action ("start", "exec_create: sh"), actor and attributes.
/// </summary>
public sealed record EngineEvent(
    string Type,
    string Action,
    string ActorId,
    IReadOnlyDictionary<string, string> Attributes,
    DateTimeOffset Time,
    long TimeNanoseconds
);

/// <summary>Which events a subscriber sees. Times in nanoseconds of the Unix epoch; null: from now, or without end.</summary>
public sealed record EventsQuery(
    long? SinceNanoseconds,
    long? UntilNanoseconds,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Filters
);
