using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Snapshots;

/// <summary>
/// Ends mounts behind the backs of those who have done with them. The end of an overlay syncs the whole file system of its upper directory,
/// in the process that lets go of it last: that would be the container's, on its way out.
/// </summary>
sealed class LateUnmounts : IDisposable
{
    readonly LateCloser _closer = new();
    readonly ConcurrentDictionary<string, Task> _closing = new();

    public void Begin(string name, SafeFileHandle root)
    {
        var closed = _closer.Close(root);
        _closing[name] = closed;
        _ = closed.ContinueWith(t => _closing.TryRemove(KeyValuePair.Create(name, t)), TaskScheduler.Default);
    }

    /// <summary>Two writable overlays over one upper directory are undefined (overlayfs.rst, "Sharing and copying layers").</summary>
    public void Await(string name)
    {
        if (_closing.TryGetValue(name, out var closed))
            closed.Wait();
    }

    public void Dispose() => _closer.Dispose();
}
