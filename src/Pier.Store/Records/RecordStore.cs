namespace Pier.Store.Records;

/// <summary>
/// A directory of JSON records, one a file, kept in memory as well. <see cref="Put"/> and <see cref="Delete"/> are on disk when they
/// return; a crash leaves the old record or the new one. Ids are file names (checked).
/// </summary>
public sealed class RecordStore<T> where T : class
{
    /// <summary>A snapshot of all records, in no order.</summary>
    public IReadOnlyCollection<KeyValuePair<string, T>> All => throw new NotImplementedException();

    /// <summary>The files that could not be read when the store was opened and were put aside.</summary>
    public IReadOnlyList<string> Torn => throw new NotImplementedException();

    public T? Find(string id) => throw new NotImplementedException();

    /// <summary>Writes a record: temp file, fsync, rename, fsync of the directory. <paramref name="durable"/> false skips the fsyncs (still atomic).</summary>
    public void Put(string id, T record, bool durable = true) => throw new NotImplementedException();

    /// <summary>Deletes a record; false when there is none.</summary>
    public bool Delete(string id) => throw new NotImplementedException();
}
