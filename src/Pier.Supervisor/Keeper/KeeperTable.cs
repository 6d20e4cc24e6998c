using Microsoft.Win32.SafeHandles;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Keeper;

/// <summary>What the keeper holds. Used by its two threads: the one that listens to the supervisor and the one that reaps.</summary>
sealed class KeeperTable
{
    readonly Lock _lock = new();
    readonly Dictionary<long, KeptEntry> _entries = [];
    readonly Dictionary<int, long> _byPid = [];

    /// <summary>The supervisor asked the keeper to end.</summary>
    public bool ShuttingDown { get; private set; }

    /// <summary>All entries, the keeper's own among them.</summary>
    public KeptEntry[] Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values];
        }
    }

    public void Add(KeptEntry entry)
    {
        lock (_lock)
        {
            _entries[entry.Id] = entry;
            if (entry.Pid != 0)
                _byPid[entry.Pid] = entry.Id;
        }
    }

    /// <summary>The id of the entry of a process, or null.</summary>
    public long? Find(int pid)
    {
        lock (_lock)
            return _byPid.TryGetValue(pid, out var id) ? id : null;
    }

    /// <summary>The process was reaped: its pid may mean another one now.</summary>
    public void Forget(int pid)
    {
        lock (_lock)
            _byPid.Remove(pid);
    }

    /// <summary>Does what a message of the supervisor says.</summary>
    public void Apply(ReadOnlySpan<byte> message, List<SafeFileHandle> descriptors)
    {
        var reader = new MessageReader(message);
        var kind = (LinkMessage)reader.Byte();
        if (kind == LinkMessage.Shutdown)
        {
            ShuttingDown = true;
            return;
        }
        var id = reader.Long();
        if (kind == LinkMessage.Keep)
        {
            var entry = new KeptEntry(id, reader.Int());
            var count = reader.Int();
            for (var i = 0; i < count; i++)
                entry.Descriptors[(Role)reader.Byte()] = descriptors[i];
            Add(entry);
        }
        else
        {
            Drop(id, ref reader);
        }
    }

    void Drop(long id, ref MessageReader reader)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out var entry))
                return;
            var count = reader.Int();
            for (var i = 0; i < count; i++)
                entry.Drop((Role)reader.Byte());
            if (count > 0)
                return;
            entry.DropAll();
            _entries.Remove(id);
            if (_byPid.TryGetValue(entry.Pid, out var owner) && owner == id)
                _byPid.Remove(entry.Pid);
        }
    }
}
