using Pier.Linux.Files;

namespace Pier.Store.Contexts;

/// <summary>One copy of a client's directory. Disposing it gives it back; it stays on the disk.</summary>
public sealed class ContextTree : IDisposable
{
    readonly string _home;
    Action? _release;

    internal ContextTree(string home, Action release)
    {
        _home = home;
        Path = System.IO.Path.Combine(home, "tree");
        // 0700 all the way: what a client sends is nobody else's to read.
        foreach (var directory in (string[])[Path, Incoming])
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _release = release;
    }

    /// <summary>The directory, absolute. What is in it may be hostile: resolve nothing in it by string.</summary>
    public string Path { get; }

    string Incoming => System.IO.Path.Combine(_home, "incoming");

    /// <summary>Begins to bring the copy up to date; one update at a time, and nobody reads it meanwhile.</summary>
    public ContextUpdate BeginUpdate() =>
        Border.Cross(() =>
            new ContextUpdate(
                At.Open(At.WorkingDirectory, Path, OpenFlags.Directory),
                At.Open(At.WorkingDirectory, Incoming, OpenFlags.Directory)
            )
        );

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
