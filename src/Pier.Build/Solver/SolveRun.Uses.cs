using System.Collections.Concurrent;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Build.Solver;

sealed partial class SolveRun
{
    readonly ConcurrentDictionary<string, IDisposable> _uses = new(StringComparer.Ordinal);

    /// <summary>Keeps a record from being pruned until the build has ended. False when it went in this very moment.</summary>
    bool Use(BuildCacheRecord record)
    {
        Hold(record.Id);
        return parts.Store.Builds.Cache.Find(record.Keys[0])?.Id == record.Id;
    }

    /// <summary>The id of a record that this build adds, in use from the beginning.</summary>
    string NewRecord()
    {
        var id = Ids.New();
        Hold(id);
        return id;
    }

    void Hold(string id)
    {
        var hold = parts.Store.Builds.Cache.Hold(id);
        if (!_uses.TryAdd(id, hold))
            hold.Dispose();
    }
}
