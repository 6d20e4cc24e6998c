using System.Collections.Concurrent;
using Pier.Registry.Content;
using Pier.Registry.Storage;

namespace Pier.Registry.Uploads;

/// <summary>
/// Uploads that are under way, as files on the local disk whatever the storage driver is. The file's length is the offset, so an upload can
/// be resumed after the server was killed; what was hashed so far is hashed again then.
/// </summary>
sealed class UploadSpool : IDisposable
{
    readonly string _root;
    readonly KeyedGate _gates = new();
    readonly ConcurrentDictionary<string, UploadSession> _open = [];

    public UploadSpool(string root)
    {
        _root = root;
        Directory.CreateDirectory(Path.Combine(root, RegistryLayout.Uploads));
    }

    /// <summary>Starts an upload into a repository and answers its id.</summary>
    public string Begin(string repository)
    {
        var id = Guid.NewGuid().ToString("D");
        var path = PathOf(repository, id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Create(path, 1).Dispose();
        return id;
    }

    /// <summary>
    /// Takes an upload for one request, waiting for another request's end; null when there is none of that id in that repository.
    /// </summary>
    public async ValueTask<UploadLease?> TakeAsync(string repository, string id, CancellationToken ct)
    {
        // Only what Begin made up can name a file.
        if (!Guid.TryParseExact(id, "D", out var parsed) || parsed.ToString("D") != id)
            return null;
        var path = PathOf(repository, id);
        var gate = await _gates.EnterAsync(path, ct);
        try
        {
            if (!File.Exists(path))
                return Left(gate);
            var session = _open.GetOrAdd(path, p => new UploadSession(p));
            session.Open();
            return new UploadLease(session, gate, finished => Release(session, finished));
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    /// <summary>Deletes uploads that nobody has written to for a time; answers how many.</summary>
    public async Task<int> PurgeAsync(TimeSpan age, CancellationToken ct)
    {
        var purged = 0;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(_root, RegistryLayout.Uploads), "_*", SearchOption.AllDirectories))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < age)
                continue;
            using var gate = await _gates.EnterAsync(path, ct);
            if (!File.Exists(path) || DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < age)
                continue;
            if (_open.TryRemove(path, out var session))
                session.Dispose();
            File.Delete(path);
            purged++;
        }
        return purged;
    }

    static UploadLease? Left(IDisposable gate)
    {
        gate.Dispose();
        return null;
    }

    void Release(UploadSession session, bool finished)
    {
        session.Close();
        if (!finished)
            return;
        _open.TryRemove(session.Path, out _);
        session.Dispose();
        File.Delete(session.Path);
    }

    string PathOf(string repository, string id) => Path.Combine(_root, RegistryLayout.Upload(repository, id));

    public void Dispose()
    {
        foreach (var session in _open.Values)
            session.Dispose();
    }
}

/// <summary>One request's hold of an upload.</summary>
sealed class UploadLease(UploadSession session, IDisposable gate, Action<bool> release) : IDisposable
{
    bool _finished;

    public UploadSession Session => session;

    /// <summary>The upload is over: what is left of it goes when the lease does.</summary>
    public void Finish() => _finished = true;

    public void Dispose()
    {
        release(_finished);
        gate.Dispose();
    }
}
