namespace Pier.Engine.Logs;

/// <summary>Wakes a follower when the log file grows or is rotated (inotify, through the framework).</summary>
sealed class LogWatch : IDisposable
{
    readonly FileSystemWatcher _watcher;
    readonly SemaphoreSlim _changed = new(0, 1);
    int _rotated;

    public LogWatch(string path)
    {
        var name = Path.GetFileName(path);
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!)
        {
            NotifyFilter = NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.LastWrite,
        };
        _watcher.Filters.Add(name);
        _watcher.Filters.Add(name + ".1");
        _watcher.Changed += (_, e) => { if (e.Name == name) Wake(); };
        _watcher.Created += (_, e) => { if (e.Name == name) Wake(); };
        _watcher.Renamed += (_, e) =>
        {
            if (e.OldName == name) Interlocked.Exchange(ref _rotated, 1);
            Wake();
        };
        _watcher.Error += (_, _) => Wake();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Whether the file was renamed away since the last call.</summary>
    public bool TakeRotated() => Interlocked.Exchange(ref _rotated, 0) == 1;

    /// <summary>Completes at the next change or when <paramref name="ended"/> does.</summary>
    public async Task ChangedAsync(Task ended, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var changed = _changed.WaitAsync(stop.Token);
        await Task.WhenAny(changed, ended).ConfigureAwait(false);
        if (!changed.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            try { await changed.ConfigureAwait(false); }
            catch (OperationCanceledException) { }
        }
        ct.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _changed.Dispose();
    }

    void Wake()
    {
        try { _changed.Release(); }
        catch (SemaphoreFullException) { /* a wake-up is already pending */ }
        catch (ObjectDisposedException) { }
    }
}
