using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Store.Tar;

namespace Pier.Store.Layers;

/// <summary>
/// Unpacks a tar below a directory of a tree. The tree's root is the root for every name, as if after chroot(2): parents are resolved by
/// openat2(RESOLVE_IN_ROOT), last components are never followed, so links in the archive lead nowhere but into the tree itself. An entry
/// replaces what was there, except that directories merge, as in Docker. What a layer and a copy do differently is their own.
/// </summary>
abstract class TreeUnpacker : IDisposable
{
    readonly SafeFileHandle _root;
    readonly List<(string Path, FileTime Accessed, FileTime Modified)> _directoryTimes = [];
    readonly byte[] _buffer = new byte[128 << 10];
    readonly UnpackLimits _limits;
    long _entries,
        _remembered;
    string? _parentPath;
    SafeFileHandle? _parent;

    /// <param name="root">The tree's root.</param>
    /// <param name="baseDirectory">Where in the tree the archive's names start, without slashes around it; "" for the root.</param>
    /// <param name="limits">Null for the usual ones.</param>
    protected TreeUnpacker(SafeFileHandle root, string baseDirectory, UnpackLimits? limits = null) =>
        (_root, Base, _limits) = (root, baseDirectory, limits ?? UnpackLimits.Default);

    protected string Base { get; }

    /// <summary>Handles an entry that is no file; its last name and its parent's path are given. True when it was one.</summary>
    protected virtual bool ApplyMark(TarEntry entry, string[] parts, string parentPath) => false;

    /// <summary>Metadata for the directory that names start from.</summary>
    protected abstract void ApplyBase(TarEntry entry);

    /// <summary>Takes away what an entry replaces.</summary>
    protected abstract void Clear(SafeFileHandle parent, string name, FileStat old, TarEntry entry);

    /// <summary>A directory that the archive leaves out was made, 0755 and root's.</summary>
    protected virtual void MadeParent(string path) { }

    protected virtual void Made(SafeFileHandle parent, string name, string path, bool isDirectory, bool replacedWhiteout) { }

    protected virtual (uint Uid, uint Gid) OwnerOf(TarEntry entry) => (entry.Uid, entry.Gid);

    /// <summary>chmod(2) of a name that was just made, and is no link.</summary>
    protected abstract void SetMode(SafeFileHandle parent, string name, uint mode);

    /// <summary>Unpacks all; answers the bytes of all regular files. The reader's stream is read to its end.</summary>
    internal long Unpack(TarReader tar)
    {
        long size = 0;
        while (tar.Next() is { } entry)
        {
            if (++_entries > _limits.Entries)
                throw new CorruptException($"the archive has more than {_limits.Entries} entries");
            try
            {
                Apply(entry, tar);
            }
            catch (LinuxException e) when (e.Errno is not (Errno.ENOSPC or Errno.EDQUOT or Errno.EIO or Errno.EROFS))
            {
                throw new CorruptException($"failed to unpack {ArchivePath.Quote(entry.Name)}: {e.Message}", e);
            }
            if (entry.Kind == TarKind.Regular)
                size += entry.Size;
        }
        tar.Drain();
        SetDirectoryTimes();
        return size;
    }

    void Apply(TarEntry entry, TarReader tar)
    {
        var parts = ArchivePath.Parts(entry.Name);
        if (parts.Length == 0)
        {
            if (entry.Kind == TarKind.Directory)
                ApplyBase(entry);
            return;
        }
        var parentPath = string.Join('/', parts[..^1]);
        if (!ApplyMark(entry, parts, parentPath))
            Make(entry, tar, Parent(parentPath), parts[^1], Join(parentPath, parts[^1]));
    }

    void Make(TarEntry entry, TarReader tar, SafeFileHandle parent, string name, string path)
    {
        var existing = FileStat.Find(parent, name);
        var merges = existing is { IsDirectory: true } && entry.Kind == TarKind.Directory;
        if (existing is { } old && !merges)
        {
            Clear(parent, name, old, entry);
            // What is cleared may be part of the remembered parent's path (a link that is replaced by a directory). The handle itself stays
            // open until the next look-up.
            _parentPath = null;
        }
        switch (entry.Kind)
        {
            case TarKind.Directory when !merges:
                At.MakeDirectory(parent, name, 0x1ED);
                break;
            case TarKind.Regular:
                WriteFile(entry, tar, parent, name);
                break;
            case TarKind.HardLink:
                MakeHardLink(entry, parent, name);
                break;
            case TarKind.Symlink:
                At.Symlink(entry.LinkName, parent, name);
                break;
            case TarKind.CharDevice:
                At.MakeNode(parent, name, ModeBits.CharDevice | 0x180, At.Device(entry.DeviceMajor, entry.DeviceMinor));
                break;
            case TarKind.BlockDevice:
                At.MakeNode(parent, name, ModeBits.BlockDevice | 0x180, At.Device(entry.DeviceMajor, entry.DeviceMinor));
                break;
            case TarKind.Fifo:
                At.MakeNode(parent, name, ModeBits.Fifo | 0x180, 0);
                break;
        }
        // A hard link shares its metadata; setting it again would take file capabilities away (chown clears them).
        if (entry.Kind != TarKind.HardLink)
            SetMetadata(entry, parent, name, path);
        Made(parent, name, path, entry.Kind == TarKind.Directory, existing is { IsWhiteout: true });
    }

    void WriteFile(TarEntry entry, TarReader tar, SafeFileHandle parent, string name)
    {
        using var file = At.Open(parent, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180);
        if (entry.Sparse is null)
        {
            WriteRun(tar, file, 0, entry.Size, entry.Name);
            return;
        }
        FileCopy.SetLength(file, entry.Size);
        foreach (var (offset, length) in entry.Sparse)
            WriteRun(tar, file, offset, length, entry.Name);
    }

    void WriteRun(TarReader tar, SafeFileHandle file, long offset, long length, string name)
    {
        for (var end = offset + length; offset < end; )
        {
            var read = tar.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - offset)));
            if (read == 0)
                throw new TruncatedException();
            FileCopy.Write(file, _buffer.AsSpan(0, read), offset, name);
            offset += read;
        }
    }

    void MakeHardLink(TarEntry entry, SafeFileHandle parent, string name)
    {
        if (!ArchivePath.TryParts(entry.LinkName, out var target) || target.Length == 0)
            throw new CorruptException($"invalid hardlink {ArchivePath.Quote(entry.Name)} -> {ArchivePath.Quote(entry.LinkName)}");
        using var targetParent = OpenParent(string.Join('/', target[..^1]));
        At.Link(targetParent, target[^1], parent, name);
    }

    protected void SetMetadata(TarEntry entry, SafeFileHandle parent, string name, string path)
    {
        var (uid, gid) = OwnerOf(entry);
        At.ChangeOwner(parent, name, uid, gid);
        // After the owner: chown clears the set-user-ID bits.
        if (entry.Kind != TarKind.Symlink)
            SetMode(parent, name, entry.Mode);
        if (entry.Xattrs is not null)
            SetXattrs(entry.Xattrs, parent, name);
        var accessed = entry.Accessed ?? entry.Modified;
        // A directory's time changes with every name in it: last of all.
        if (entry.Kind == TarKind.Directory)
        {
            Remember(path);
            _directoryTimes.Add((path, accessed, entry.Modified));
        }
        else
        {
            At.SetTimes(parent, name, accessed, entry.Modified);
        }
    }

    /// <summary>Counts what stays in memory until the archive's end.</summary>
    protected void Remember(string path)
    {
        if ((_remembered += path.Length) > _limits.RememberedText)
            throw new CorruptException($"the archive has directories whose names have more than {_limits.RememberedText} characters");
    }

    static void SetXattrs(IReadOnlyDictionary<string, byte[]> xattrs, SafeFileHandle parent, string name)
    {
        foreach (var (attribute, value) in xattrs)
        {
            // Overlayfs's own marks in an image would redirect or hide files of the layers below.
            if (
                attribute.StartsWith("trusted.overlay.", StringComparison.Ordinal)
                || attribute.StartsWith("user.overlay.", StringComparison.Ordinal)
            )
                continue;
            try
            {
                Xattrs.Set(parent, name, attribute, value);
            }
            catch (LinuxException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM)
            {
                // Docker goes on as well: the file system or the kind of file cannot carry it.
            }
        }
    }

    void SetDirectoryTimes()
    {
        ForgetParent();
        for (var i = _directoryTimes.Count - 1; i >= 0; i--)
        {
            var (path, accessed, modified) = _directoryTimes[i];
            try
            {
                using var directory = OpenInRoot(path);
                At.SetTimes(directory, ".", accessed, modified);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                // A later entry replaced it, or a part of its path.
            }
        }
    }

    // Archives list a directory's files together: the last parent is kept open.
    protected SafeFileHandle Parent(string path)
    {
        if (_parentPath == path)
            return _parent!;
        ForgetParent();
        _parent = OpenParent(path);
        _parentPath = path;
        return _parent;
    }

    void ForgetParent()
    {
        _parent?.Dispose();
        (_parent, _parentPath) = (null, null);
    }

    SafeFileHandle OpenParent(string path)
    {
        try
        {
            return OpenInRoot(path);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            MakeParents(path);
            return OpenInRoot(path);
        }
    }

    SafeFileHandle OpenInRoot(string path) =>
        At.OpenIn(_root, Base.Length == 0 ? path : $"{Base}/{path}", OpenFlags.Directory, Resolve.InRoot | Resolve.NoMagicLinks);

    // Archives may leave directories out.
    void MakeParents(string path)
    {
        for (var end = path.IndexOf('/'); ; end = path.IndexOf('/', end + 1))
        {
            var prefix = end < 0 ? path : path[..end];
            var slash = prefix.LastIndexOf('/');
            using var parent = OpenInRoot(slash < 0 ? "" : prefix[..slash]);
            var name = prefix[(slash + 1)..];
            if (At.TryMakeDirectory(parent, name, 0x1ED))
            {
                SetMode(parent, name, 0x1ED);
                Made(parent, name, prefix, isDirectory: true, replacedWhiteout: false);
                MadeParent(prefix);
            }
            if (end < 0)
                return;
        }
    }

    /// <summary>The next look-up starts anew: a part of the remembered parent's path may have been replaced.</summary>
    protected void ForgetPath() => _parentPath = null;

    protected static string Join(string parent, string name) => parent.Length == 0 ? name : $"{parent}/{name}";

    public void Dispose() => ForgetParent();
}
