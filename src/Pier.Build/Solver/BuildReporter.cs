using System.Collections.Concurrent;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Solver;

/// <summary>Tells what happens to the vertices of one build, one event after the other.</summary>
sealed class BuildReporter(VertexNames names, Action<BuildEvent> sink, TimeProvider time)
{
    readonly Lock _gate = new();
    readonly ConcurrentDictionary<Vertex, VertexEvent> _states = new(ReferenceEqualityComparer.Instance);
    readonly ConcurrentDictionary<Vertex, VertexStatusEvent> _counters = new(ReferenceEqualityComparer.Instance);

    /// <summary>The vertex's name in the events.</summary>
    public Digest NameOf(Vertex vertex) => names.Of(vertex);

    /// <summary>Makes a vertex and all that it stands on known.</summary>
    public void Announce(Vertex vertex)
    {
        foreach (var next in InOrder(vertex))
            Tell(StateOf(next));
    }

    public void Started(Vertex vertex) => Change(vertex, s => s.Started is null ? s with { Started = Now } : s);

    public void Completed(Vertex vertex, Digest? tree = null) =>
        Change(vertex, s => s.Completed is null ? s with { Started = s.Started ?? Now, Completed = Now, Tree = tree } : s);

    public void Failed(Vertex vertex, string error) =>
        Change(vertex, s => s with { Started = s.Started ?? Now, Completed = Now, Error = error });

    /// <summary>The vertex was not needed, or its result was there: all that it stands on was there then as well.</summary>
    public void Cached(Vertex vertex, Func<Vertex, Digest?> treeOf)
    {
        foreach (var next in InOrder(vertex))
        {
            Change(
                next,
                s =>
                    s.Completed is null && s.Started is null
                        ? s with
                        {
                            Started = Now,
                            Completed = Now,
                            Cached = next is not SourceVertex || next is ImageSource,
                            Tree = treeOf(next),
                        }
                        : s
            );
        }
    }

    public void Log(Vertex vertex, int stream, ReadOnlyMemory<byte> data) =>
        Tell(
            new VertexLogEvent
            {
                Vertex = NameOf(vertex),
                Time = Now,
                Stream = stream,
                Data = data.ToArray(),
            }
        );

    /// <summary>A counter of a vertex that is under way.</summary>
    public void Count(Vertex vertex, string counter, long current) =>
        Tell(
            _counters[vertex] = new VertexStatusEvent
            {
                Vertex = NameOf(vertex),
                Time = Now,
                Id = counter,
                Current = current,
                Started = StateOf(vertex).Started,
            }
        );

    /// <summary>Its counter stands still.</summary>
    public void Counted(Vertex vertex)
    {
        if (_counters.TryRemove(vertex, out var counter))
            Tell(counter with { Completed = Now });
    }

    DateTimeOffset Now => time.GetUtcNow();

    void Change(Vertex vertex, Func<VertexEvent, VertexEvent> change)
    {
        lock (_gate)
        {
            var before = StateOf(vertex);
            var after = change(before);
            if (ReferenceEquals(before, after))
                return;
            _states[vertex] = after;
            Tell(after);
        }
    }

    void Tell(BuildEvent happened)
    {
        lock (_gate)
            sink(happened with { Time = Now });
    }

    VertexEvent StateOf(Vertex vertex)
    {
        if (_states.TryGetValue(vertex, out var known))
            return known;
        var inputs = vertex.Inputs.Distinct().Select(names.Of).ToArray();
        return _states.GetOrAdd(
            vertex,
            new VertexEvent
            {
                Vertex = names.Of(vertex),
                Time = Now,
                Name = vertex.Name,
                Inputs = inputs,
            }
        );
    }

    // Inputs before what stands on them. A Dockerfile's length bounds the depth, which is more than a stack may carry.
    static List<Vertex> InOrder(Vertex root)
    {
        var (order, seen, pending) = (
            new List<Vertex>(),
            new HashSet<Vertex>(ReferenceEqualityComparer.Instance),
            new Stack<(Vertex, bool)>([(root, false)])
        );
        while (pending.TryPop(out var next))
        {
            var (vertex, open) = next;
            if (open)
                order.Add(vertex);
            if (open || !seen.Add(vertex))
                continue;
            pending.Push((vertex, true));
            foreach (var input in vertex.Inputs)
                pending.Push((input, false));
        }
        return order;
    }
}
