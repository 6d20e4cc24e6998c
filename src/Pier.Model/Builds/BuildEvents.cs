namespace Pier.Model.Builds;

/// <summary>Something that happened in a build, for whoever watches it. Events of one vertex come in order.</summary>
public abstract record BuildEvent
{
    /// <summary>The vertex's name on the wire: the same in every event of one build.</summary>
    public required Digest Vertex { get; init; }

    public required DateTimeOffset Time { get; init; }
}

/// <summary>A vertex as it is now: told first when the build begins, then with every change.</summary>
public sealed record VertexEvent : BuildEvent
{
    /// <summary>"[build 2/5] RUN make".</summary>
    public required string Name { get; init; }
    public required IReadOnlyList<Digest> Inputs { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Completed { get; init; }

    /// <summary>Its result was there already.</summary>
    public bool Cached { get; init; }

    /// <summary>The stack of layers that it made; null until then, for the empty tree, and for what is no tree of layers.</summary>
    public Digest? Tree { get; init; }

    /// <summary>Why it failed; null while all is well.</summary>
    public string? Error { get; init; }
}

/// <summary>What a step wrote; Stream is 1 for stdout and 2 for stderr.</summary>
public sealed record VertexLogEvent : BuildEvent
{
    public required int Stream { get; init; }
    public required ReadOnlyMemory<byte> Data { get; init; }
}

/// <summary>A counter of a vertex: bytes that were transferred, files that were sent.</summary>
public sealed record VertexStatusEvent : BuildEvent
{
    /// <summary>Which counter: "transferring context", a layer's digest.</summary>
    public required string Id { get; init; }
    public required long Current { get; init; }

    /// <summary>0 when it is not known.</summary>
    public long Total { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Completed { get; init; }
}

/// <summary>What the user should know of the Dockerfile; Line counts from 1, 0 is the whole file.</summary>
public sealed record BuildWarningEvent : BuildEvent
{
    public required string Code { get; init; }
    public required string Message { get; init; }
    public int Line { get; init; }

    /// <summary>What its check is about, and the page that explains it; "" for what is no check.</summary>
    public string Description { get; init; } = "";
    public string Address { get; init; } = "";

    /// <summary>The file that is meant, and its bytes.</summary>
    public string FileName { get; init; } = "";
    public ReadOnlyMemory<byte> Text { get; init; }
}
