namespace Pier.Engine.Containers;

/// <summary>The ids of a container's execs. Most containers have none at a time: nothing is kept for them. Thread-safe.</summary>
sealed class ExecIds
{
    string[] _ids = [];

    /// <summary>A snapshot, in the order of their making.</summary>
    public IReadOnlyList<string> Ids => Volatile.Read(ref _ids);

    public void Add(string id) => Change(ids => [.. ids, id]);

    public void Remove(string id) => Change(ids => [.. ids.Where(known => known != id)]);

    void Change(Func<string[], string[]> change)
    {
        string[] before;
        do before = Volatile.Read(ref _ids);
        while (Interlocked.CompareExchange(ref _ids, change(before), before) != before);
    }
}
