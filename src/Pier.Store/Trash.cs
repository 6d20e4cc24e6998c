using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Btrfs;
using Pier.Linux.Files;
using Pier.Store.Trees;

namespace Pier.Store;

/// <summary>
/// Deletes trees in the background: a tree is renamed into the trash at once, one thread takes it apart. What is there at start goes as
/// well. Nothing recurses: a directory that is not empty moves up into the trash, so depth costs neither stack nor descriptors.
/// </summary>
sealed class Trash : IDisposable
{
    readonly SafeFileHandle _directory;
    readonly bool _isBtrfs;
    readonly Thread _worker;
    readonly AutoResetEvent _work = new(initialState: true);
    volatile bool _closing;
    long _names;

    internal Trash(Layout layout)
    {
        Directory.CreateDirectory(layout.Trash);
        _directory = At.Open(At.WorkingDirectory, layout.Trash, OpenFlags.Directory);
        _isBtrfs = FileSystem.Of(_directory).Magic == FileSystem.Btrfs;
        _worker = new Thread(Run)
        {
            IsBackground = true,
            Name = "trash",
            Priority = ThreadPriority.BelowNormal,
        };
        _worker.Start();
    }

    /// <summary>Takes a tree away; false when it does not exist.</summary>
    internal bool Throw(string path) => Throw(At.WorkingDirectory, path);

    /// <inheritdoc cref="Throw(string)"/>
    internal bool Throw(SafeFileHandle directory, string path)
    {
        try
        {
            MoveIn(directory, path);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            return false;
        }
        catch (LinuxException e) when (e.Errno == Errno.EXDEV)
        {
            // A part of another subvolume (btrfs): names do not move between those.
            if (At.TryRemove(directory, path, isDirectory: false) != 0)
                TreeRemoval.Remove(directory, path);
            return true;
        }
        _work.Set();
        return true;
    }

    /// <summary>An empty directory: what is in it is taken away. It is made where it is not, which takes room on the disk.</summary>
    internal void Empty(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            return;
        }
        using var directory = At.Open(At.WorkingDirectory, path, OpenFlags.Directory);
        foreach (var entry in DirectoryReader.Read(directory))
            Throw(directory, entry.Name);
    }

    /// <summary>Waits until the trash is empty, for tests and disk usage.</summary>
    internal void Drain()
    {
        // Of its own: two readers of one descriptor take each other's entries.
        using var directory = At.Open(_directory, ".", OpenFlags.Directory);
        while (DirectoryReader.Read(directory).Count > 0)
        {
            _work.Set();
            Thread.Sleep(1);
        }
    }

    void MoveIn(SafeFileHandle directory, string name) => At.Rename(directory, name, _directory, NewName());

    string NewName() => $"{Environment.ProcessId}-{Environment.TickCount64}-{Interlocked.Increment(ref _names)}";

    void Run()
    {
        while (!_closing)
        {
            _work.WaitOne();
            while (!_closing && Pass()) { }
        }
    }

    // One look at the trash; false when nothing was there, or nothing could be removed (tried again at the next occasion).
    bool Pass()
    {
        var progress = false;
        foreach (var entry in DirectoryReader.Read(_directory))
        {
            if (_closing)
                return false;
            try
            {
                progress |= TakeApart(entry.Name);
            }
            catch (LinuxException)
            {
                // A mount in it or an I/O error: the next start tries again.
            }
        }
        return progress;
    }

    bool TakeApart(string name)
    {
        if (At.TryRemove(_directory, name, isDirectory: false) == 0 || At.TryRemove(_directory, name, isDirectory: true) == 0)
            return true;
        if (_isBtrfs && FileStat.Find(_directory, name) is { } stat && Subvolumes.IsRoot(stat))
        {
            DeleteSubvolume(name);
            return true;
        }
        using var tree = At.Open(_directory, name, OpenFlags.Directory | OpenFlags.NoFollow);
        foreach (var entry in DirectoryReader.Read(tree))
        {
            if (entry.Type != EntryType.Directory && At.TryRemove(tree, entry.Name, isDirectory: false) == 0)
                continue;
            if (At.TryRemove(tree, entry.Name, isDirectory: true) != 0)
                MoveIn(tree, entry.Name);
        }
        return At.TryRemove(_directory, name, isDirectory: true) == 0;
    }

    // A container may have made subvolumes inside its own: those come up into the trash first.
    void DeleteSubvolume(string name)
    {
        try
        {
            Subvolumes.Delete(_directory, name);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOTEMPTY)
        {
            using (var root = At.Open(_directory, name, OpenFlags.Directory | OpenFlags.NoFollow))
                NestedSubvolumes.MoveOut(root, _directory, NewName);
            Subvolumes.Delete(_directory, name);
        }
    }

    public void Dispose()
    {
        if (_closing)
            return;
        _closing = true;
        _work.Set();
        _worker.Join();
        _directory.Dispose();
        _work.Dispose();
    }
}
