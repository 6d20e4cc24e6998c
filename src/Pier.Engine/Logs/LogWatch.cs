namespace Pier.Engine.Logs;

/// <summary>
/// Wakes a follower when the log grows or is rotated (inotify, through the framework). A host gives each user a few inotify instances only:
/// without one, and as a safety net, the follower looks by itself from time to time.
/// </summary>
sealed class LogWatch : IDisposable
{
    static readonly TimeSpan SoonLook = TimeSpan.FromMilliseconds(50),
        LateLook = TimeSpan.FromSeconds(1),
        SafetyLook = TimeSpan.FromSeconds(2);

    readonly FileSystemWatcher? _watcher;
    readonly SemaphoreSlim _changed = new(0, 1);
    TimeSpan _look = SoonLook;

    /// <summary>With <paramref name="polls"/> no inotify instance is taken.</summary>
    public LogWatch(string path, bool polls = false)
    {
        if (polls)
            return;
        var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path))
        {
            NotifyFilter = NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.LastWrite,
        };
        watcher.Changed += (_, _) => Wake();
        watcher.Created += (_, _) => Wake();
        watcher.Renamed += (_, _) => Wake();
        watcher.Error += (_, _) => Wake();
        try
        {
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
        }
        catch (IOException)
        {
            watcher.Dispose();
        }
    }

    /// <summary>There was something: more may come soon.</summary>
    public void Busy() => _look = SoonLook;

    /// <summary>Completes at the next change or when <paramref name="ended"/> does.</summary>
    public async Task ChangedAsync(Task ended, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var changed = _changed.WaitAsync(_watcher is null ? _look : SafetyLook, stop.Token);
        _look = _look * 2 < LateLook ? _look * 2 : LateLook;
        await Task.WhenAny(changed, ended).ConfigureAwait(false);
        if (!changed.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            try
            {
                await changed.ConfigureAwait(false);
            }
            catch (OperationCanceledException) { }
        }
        ct.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _changed.Dispose();
    }

    void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        { /* a wake-up is already pending */
        }
        catch (ObjectDisposedException) { }
    }
}
