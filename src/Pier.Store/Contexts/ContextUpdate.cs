using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Trees;

namespace Pier.Store.Contexts;

/// <summary>
/// Makes a copy equal to what a client has. The client tells every entry, parents before children and a directory's entries together; what
/// differs from the copy is fetched, what was not told is removed at the end. Names and links may be hostile: every call is relative to an
/// open directory of the tree. Not for several threads.
/// </summary>
public sealed class ContextUpdate : IDisposable
{
    readonly SafeFileHandle _root;
    readonly SafeFileHandle _incoming;
    readonly Stack<OpenContextDirectory> _open = new();
    readonly List<FileEntry> _directories = [];
    readonly List<FileEntry> _hardLinks = [];
    int _contents;
    int _arriving;

    internal ContextUpdate(SafeFileHandle root, SafeFileHandle incoming)
    {
        (_root, _incoming) = (root, incoming);
        foreach (var leftover in DirectoryReader.Read(incoming))
            At.TryRemove(incoming, leftover.Name, isDirectory: false);
        _open.Push(new OpenContextDirectory("", At.Open(root, ".", OpenFlags.Directory)));
    }

    /// <summary>
    /// The next entry. True when its content is wanted, by <see cref="OpenContent"/>. Throws <see cref="InvalidParameterException"/> for a
    /// path that leads out, comes twice, or has no parent directory among the entries before it.
    /// </summary>
    public bool Offer(FileEntry entry) =>
        Border.Cross(() =>
        {
            var (parent, name) = ContextPath.Split(entry.Path);
            while (_open.Peek().Path != parent)
            {
                if (_open.Count == 1)
                    throw new InvalidParameterException(
                        $"invalid directory sent by the client: {entry.Path}: its parent was not sent before it"
                    );
                using var left = _open.Pop();
                left.RemoveUnnamed();
            }
            var directory = _open.Peek();
            if ((entry.Mode & ModeBits.TypeMask) == ModeBits.Socket)
                return false;
            if (!directory.Names.Add(name))
                throw new InvalidParameterException($"invalid directory sent by the client: {entry.Path} comes twice");
            return Place(directory.Handle, name, entry);
        });

    /// <summary>Takes the content of an entry that <see cref="Offer"/> wanted; it is in place once the stream is disposed.</summary>
    public Stream OpenContent(FileEntry entry) =>
        Border.Cross(() =>
        {
            var name = (_contents++).ToString(CultureInfo.InvariantCulture);
            var file = At.Open(_incoming, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180);
            _arriving++;
            return new ContextContent(file, () => Border.Cross(() => Arrived(name, file, entry)));
        });

    /// <summary>Everything was told and has arrived: removes what the client does not have (any more).</summary>
    public void Complete() =>
        Border.Cross(() =>
        {
            if (_arriving != 0)
                throw new InvalidOperationException("content is still on its way");
            while (_open.TryPop(out var directory))
            {
                using (directory)
                    directory.RemoveUnnamed();
            }
            foreach (var link in _hardLinks)
                PlaceHardLink(link);
            // Children before parents: a change within a directory would move its time.
            for (var i = _directories.Count - 1; i >= 0; i--)
            {
                var (parent, name) = ContextPath.Split(_directories[i].Path);
                using var directory = OpenDirectory(parent);
                ContextMetadata.Apply(directory, name, _directories[i]);
            }
        });

    bool Place(SafeFileHandle directory, string name, FileEntry entry)
    {
        var existing = FileStat.Find(directory, name);
        switch (entry.Mode & ModeBits.TypeMask)
        {
            case ModeBits.Directory:
                PlaceDirectory(directory, name, entry, existing);
                return false;
            case ModeBits.Regular when entry.LinkTarget.Length > 0:
                ContextPath.Split(entry.LinkTarget);
                _hardLinks.Add(entry);
                return false;
            case ModeBits.Regular:
                return !ContextMetadata.KeepsContent(directory, name, entry, existing);
            default:
                if (existing is { } old && ContextMetadata.IsSame(directory, name, entry, old))
                    return false;
                if (existing is not null)
                    Remove(directory, name, existing.Value);
                ContextMetadata.Make(directory, name, entry);
                return false;
        }
    }

    void PlaceDirectory(SafeFileHandle directory, string name, FileEntry entry, FileStat? existing)
    {
        if (existing is { IsDirectory: false } other)
            Remove(directory, name, other);
        if (existing is not { IsDirectory: true })
            At.MakeDirectory(directory, name, 0x1C0);
        _open.Push(new OpenContextDirectory(entry.Path, At.Open(directory, name, OpenFlags.Directory | OpenFlags.NoFollow)));
        _directories.Add(entry);
    }

    void Arrived(string name, SafeFileHandle file, FileEntry entry)
    {
        _arriving--;
        ContextMetadata.Apply(_incoming, name, entry);
        file.Dispose();
        var (parent, last) = ContextPath.Split(entry.Path);
        using var directory = OpenDirectory(parent);
        if (FileStat.Find(directory, last) is { IsDirectory: true } old)
            Remove(directory, last, old);
        At.Rename(_incoming, name, directory, last);
    }

    void PlaceHardLink(FileEntry entry)
    {
        var (parent, name) = ContextPath.Split(entry.Path);
        var (targetParent, targetName) = ContextPath.Split(entry.LinkTarget);
        using var directory = OpenDirectory(parent);
        using var targetDirectory = OpenDirectory(targetParent);
        if (FileStat.Find(targetDirectory, targetName) is not { IsRegular: true } target)
            throw new InvalidParameterException(
                $"invalid directory sent by the client: {entry.Path} links to {entry.LinkTarget}, which is no file of it"
            );
        if (FileStat.Find(directory, name) is { } existing)
        {
            if (existing.Identity == target.Identity)
                return;
            Remove(directory, name, existing);
        }
        At.Link(targetDirectory, targetName, directory, name);
    }

    SafeFileHandle OpenDirectory(string path)
    {
        try
        {
            return At.OpenIn(_root, path, OpenFlags.Path | OpenFlags.Directory, Resolve.Beneath | Resolve.NoSymlinks);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            throw new InvalidParameterException($"invalid directory sent by the client: {path} is no directory of it", e);
        }
    }

    static void Remove(SafeFileHandle directory, string name, FileStat what)
    {
        if (what.IsDirectory)
            TreeRemoval.Remove(directory, name);
        else
            At.Unlink(directory, name);
    }

    public void Dispose()
    {
        while (_open.TryPop(out var directory))
            directory.Dispose();
        _root.Dispose();
        _incoming.Dispose();
    }
}
