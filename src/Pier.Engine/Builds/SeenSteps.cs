using System.Collections.Concurrent;

namespace Pier.Engine.Builds;

/// <summary>
/// Ids of steps that changed the configuration alone and were told before: the classic stream says that they come from the cache. Bounded.
/// </summary>
sealed class SeenSteps
{
    const int Limit = 10_000;

    readonly ConcurrentDictionary<string, bool> _ids = new(StringComparer.Ordinal);

    public bool Contains(string id) => _ids.ContainsKey(id);

    public void Add(string id)
    {
        if (_ids.Count >= Limit)
            _ids.Clear();
        _ids[id] = true;
    }
}
