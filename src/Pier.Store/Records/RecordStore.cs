using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pier.Linux.Files;
using Pier.Model;

namespace Pier.Store.Records;

/// <summary>
/// A directory of JSON records, one a file, kept in memory as well. <see cref="Put"/> and <see cref="Delete"/> are on disk when they
/// return; a crash leaves the old record or the new one. <see cref="Keep"/> is for what has happened already, disk or no disk. Ids are
/// file names (checked). Thread-safe; writes of one id must not race.
/// </summary>
public sealed class RecordStore<T>
    where T : class
{
    const string Extension = Layout.RecordExtension;

    readonly string _directory;
    readonly JsonTypeInfo<T> _type;
    readonly ConcurrentDictionary<string, T> _records = new(StringComparer.Ordinal);
    readonly List<string> _torn = [];

    // Records that the disk has refused, until it takes them. Whoever pays writes any id: alone.
    readonly ConcurrentDictionary<string, bool> _owed = new(StringComparer.Ordinal);
    readonly ReaderWriterLockSlim _payment = new();

    internal RecordStore(string directory, JsonTypeInfo<T> type)
    {
        (_directory, _type) = (directory, type);
        Border.Cross(() =>
        {
            Directory.CreateDirectory(directory);
            foreach (var file in Directory.GetFiles(directory))
                LoadFile(file);
        });
    }

    /// <summary>A snapshot of all records, in no order.</summary>
    public IReadOnlyCollection<KeyValuePair<string, T>> All => _records.ToArray();

    /// <summary>The files that could not be read when the store was opened and were put aside.</summary>
    public IReadOnlyList<string> Torn => _torn;

    public T? Find(string id) => _records.GetValueOrDefault(id);

    /// <summary>
    /// Writes a record: temp file, fsync, rename, fsync of the directory. <paramref name="durable"/> false skips the fsyncs (still atomic).
    /// </summary>
    public void Put(string id, T record, bool durable = true) =>
        Change(() =>
        {
            Write(id, record, durable);
            _records[id] = record;
            return _owed.TryRemove(id, out _);
        });

    /// <summary>
    /// As <see cref="Put"/>, but the record holds at once, whatever the disk says: a full one gets it with the next change of any record
    /// that goes well. Returns why it is not on disk, or null.
    /// </summary>
    public EngineException? Keep(string id, T record, bool durable = true)
    {
        _records[id] = record;
        try
        {
            Put(id, record, durable);
            return null;
        }
        catch (HostFailureException e)
        {
            _owed[id] = true;
            return e;
        }
    }

    /// <summary>Deletes a record; false when there is none.</summary>
    public bool Delete(string id, bool durable = true) =>
        Change(() =>
        {
            if (!_records.TryRemove(id, out _))
                return false;
            _owed.TryRemove(id, out _);
            File.Delete(PathOf(id));
            if (durable)
                Durability.SyncDirectory(_directory);
            return true;
        });

    bool Change(Func<bool> change)
    {
        _payment.EnterReadLock();
        bool answer;
        try
        {
            answer = Border.Cross(change);
        }
        finally
        {
            _payment.ExitReadLock();
        }
        if (!_owed.IsEmpty)
            PayOwed();
        return answer;
    }

    /// <summary>Writes what the disk has refused before, as far as it takes it now.</summary>
    void PayOwed()
    {
        _payment.EnterWriteLock();
        try
        {
            foreach (var id in _owed.Keys)
            {
                if (_records.TryGetValue(id, out var record))
                    Border.Cross(() => Write(id, record, durable: true));
                _owed.TryRemove(id, out _);
            }
        }
        catch (HostFailureException)
        {
            // Still none of it: the next change tries again.
        }
        finally
        {
            _payment.ExitWriteLock();
        }
    }

    void Write(string id, T record, bool durable) =>
        AtomicFile.Write(PathOf(id), JsonSerializer.SerializeToUtf8Bytes(record, _type), durable);

    string PathOf(string id) => Path.Combine(_directory, Layout.RecordName(id));

    void LoadFile(string file)
    {
        if (file.EndsWith(AtomicFile.TempSuffix, StringComparison.Ordinal))
        {
            File.Delete(file);
            return;
        }
        if (!file.EndsWith(Extension, StringComparison.Ordinal))
            return;
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(file), _type) ?? throw new JsonException("null");
            _records[Path.GetFileNameWithoutExtension(file)] = record;
        }
        catch (JsonException)
        {
            // Never deleted: a person may still read in it what a program cannot.
            File.Move(file, file + Layout.TornExtension, overwrite: true);
            _torn.Add(file + Layout.TornExtension);
        }
    }
}
