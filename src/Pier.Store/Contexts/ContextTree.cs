using Pier.Linux.Files;
using Pier.Store.Builds;

namespace Pier.Store.Contexts;

/// <summary>One copy of a client's directory. Disposing it gives it back; it stays on the disk.</summary>
public sealed class ContextTree : IDisposable
{
    readonly string _home;
    Action? _release;

    /// <summary>What is known of its files' content, from one process to the next. No name that a client sends leads to it.</summary>
    internal FileHashes Hashes { get; }

    internal ContextTree(string home, Action release)
    {
        _home = home;
        Path = System.IO.Path.Combine(home, "tree");
        // 0700 all the way: what a client sends is nobody else's to read.
        foreach (var directory in (string[])[Path, Incoming])
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Hashes = new FileHashes(System.IO.Path.Combine(home, "hashes"), TimeProvider.System);
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

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _release, null) is not { } release)
            return;
        // The next update removes what a crash leaves in this directory. Names of contents are numbers.
        Hashes.Save(System.IO.Path.Combine(Incoming, "hashes"));
        release();
    }
}
