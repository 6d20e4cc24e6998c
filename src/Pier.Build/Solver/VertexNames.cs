using System.Globalization;
using System.Text;
using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Solver;

/// <summary>What the vertices of one build are called in its events. Thread-safe.</summary>
public sealed class VertexNames
{
    readonly Lock _gate = new();
    readonly Dictionary<Vertex, Digest> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>The vertex's name: one of its own, whatever else is called the same.</summary>
    public Digest Of(Vertex vertex)
    {
        lock (_gate)
        {
            if (_names.TryGetValue(vertex, out var name))
                return name;
            var text = string.Create(CultureInfo.InvariantCulture, $"{_names.Count} {vertex.GetType().Name} {vertex.Name}");
            return _names[vertex] = Digest.Of(Encoding.UTF8.GetBytes(text));
        }
    }
}
