using Pier.Linux.Descriptors;
using Pier.Supervisor.Attach;
using Pier.Supervisor.Keeper;

namespace Pier.Supervisor.Entries;

/// <summary>All processes by key, keys being launched, and clients that attached to keys before their launch.</summary>
sealed class EntryTable(StateDirectory state, KeeperLink link)
{
    readonly Dictionary<string, Entry> _entries = [];
    readonly HashSet<string> _reserved = [];
    readonly Dictionary<string, List<Attachment>> _prepared = [];
    long _lastId;

    public IReadOnlyCollection<Entry> Entries => _entries.Values;
    public bool IsEmpty => _entries.Count == 0 && _reserved.Count == 0;

    public Entry? Find(string key) => _entries.GetValueOrDefault(key);

    public Entry? Find(long id)
    {
        foreach (var entry in _entries.Values)
            if (entry.File.Id == id)
                return entry;
        return null;
    }

    /// <summary>An id that no record has.</summary>
    public long NextId() => ++_lastId;

    /// <summary>Takes a key for a launch; false when it is in use.</summary>
    public bool Reserve(string key) => !_entries.ContainsKey(key) && _reserved.Add(key);

    /// <summary>A launch failed: its key is free, who had attached reads the end.</summary>
    public void Cancel(string key)
    {
        _reserved.Remove(key);
        if (!_prepared.Remove(key, out var waiting))
            return;
        // Closing takes an attachment off the list.
        foreach (var attachment in waiting.ToArray())
            attachment.Close();
    }

    /// <summary>Adds a launched or restored process; who had attached before is attached now.</summary>
    public void Add(Entry entry)
    {
        _reserved.Remove(entry.Record.Key);
        _entries[entry.Record.Key] = entry;
        _lastId = Math.Max(_lastId, entry.File.Id);
        if (!_prepared.Remove(entry.Record.Key, out var waiting))
            return;
        foreach (var attachment in waiting)
            entry.Attach(attachment);
    }

    /// <summary>Attaches to a process, or to a key that will be launched.</summary>
    public void Attach(string key, Attachment attachment)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            entry.Attach(attachment);
            return;
        }
        if (!_prepared.TryGetValue(key, out var waiting))
            _prepared[key] = waiting = [];
        waiting.Add(attachment);
        attachment.Abandoned = gone =>
        {
            waiting.Remove(gone);
            if (waiting.Count == 0 && _prepared.GetValueOrDefault(key) == waiting)
                _prepared.Remove(key);
        };
    }

    /// <summary>Forgets an ended process and its record.</summary>
    public void Release(Entry entry)
    {
        _entries.Remove(entry.Record.Key);
        PlainFile.Remove(state.Entry(entry.File.Id));
        link.Drop(entry.File.Id);
        entry.Dispose();
    }
}
