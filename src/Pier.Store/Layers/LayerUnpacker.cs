using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Tar;
using Pier.Store.Trees;

namespace Pier.Store.Layers;

/// <summary>Unpacks a layer tar into a directory that nobody else can see yet, with the whiteouts of OCI's image spec (layer.md).</summary>
sealed class LayerUnpacker(SafeFileHandle root, IWhiteouts whiteouts, Trash? trash, UnpackLimits? limits = null)
    : TreeUnpacker(root, "", limits)
{
    const string WhiteoutPrefix = ".wh.",
        MetaPrefix = ".wh..wh.",
        OpaqueMark = ".wh..wh..opq";

    readonly SafeFileHandle _root = root;
    readonly HashSet<string> _left = new(StringComparer.Ordinal);

    /// <summary>
    /// Directories that the archive leaves out although it has something in them: the layers below know what they look like.
    /// </summary>
    internal IReadOnlyCollection<string> LeftOut => _left;

    /// <summary>Whether the archive says what "/" looks like.</summary>
    internal bool HasBase { get; private set; }

    protected override bool ApplyMark(TarEntry entry, string[] parts, string parentPath)
    {
        var name = parts[^1];
        if (name != OpaqueMark && Array.Exists(parts, p => p.StartsWith(MetaPrefix, StringComparison.Ordinal)))
            return true;
        if (!name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
            return false;
        var parent = Parent(parentPath);
        if (name == OpaqueMark)
        {
            whiteouts.HideAll(parent, parentPath);
            return true;
        }
        var hidden = name[WhiteoutPrefix.Length..];
        // ".wh..." would delete the directory's parent.
        if (hidden is "" or "." or "..")
            throw new CorruptException($"invalid whiteout {ArchivePath.Quote(Join(parentPath, name))}");
        whiteouts.Hide(parent, hidden, Join(parentPath, hidden));
        ForgetPath();
        return true;
    }

    protected override void ApplyBase(TarEntry entry)
    {
        SetMetadata(entry, _root, ".", "");
        HasBase = true;
    }

    protected override void Clear(SafeFileHandle parent, string name, FileStat old, TarEntry entry)
    {
        if (old.IsDirectory)
            TreeRemoval.Remove(parent, name, trash);
        else
            At.Unlink(parent, name);
    }

    protected override void Made(SafeFileHandle parent, string name, string path, bool isDirectory, bool replacedWhiteout)
    {
        _left.Remove(path);
        whiteouts.Made(parent, name, path, isDirectory, replacedWhiteout);
    }

    protected override void MadeParent(string path)
    {
        Remember(path);
        _left.Add(path);
    }

    protected override void SetMode(SafeFileHandle parent, string name, uint mode) => At.ChangeMode(parent, name, mode);
}
