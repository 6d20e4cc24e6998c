using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Trees;

namespace Pier.Store.Layers;

/// <summary>Whiteouts over a full copy of the layers below: what is hidden is deleted, except what this layer made itself.</summary>
/// <param name="trash">Null where nothing can be renamed into the trash: what is hidden is deleted in its place.</param>
sealed class PlainWhiteouts(Trash? trash) : IWhiteouts
{
    readonly HashSet<string> _made = new(StringComparer.Ordinal);

    public void Hide(SafeFileHandle parent, string name, string path)
    {
        if (!_made.Contains(path))
            TreeRemoval.Remove(parent, name, trash);
        else if (FileStat.Find(parent, name) is { IsDirectory: true })
            HideIn(parent, name, path);
    }

    public void HideAll(SafeFileHandle directory, string path)
    {
        foreach (var entry in DirectoryReader.Read(directory))
        {
            Hide(directory, entry.Name, path.Length == 0 ? entry.Name : $"{path}/{entry.Name}");
        }
    }

    public void Made(SafeFileHandle parent, string name, string path, bool isDirectory, bool replacedWhiteout)
    {
        // A file deep in a directory keeps the directory: it counts as made as well.
        for (var made = path; made.Length > 0 && _made.Add(made); made = made[..Math.Max(0, made.LastIndexOf('/'))]) { }
    }

    void HideIn(SafeFileHandle parent, string name, string path)
    {
        using var directory = At.Open(parent, name, OpenFlags.Directory | OpenFlags.NoFollow);
        HideAll(directory, path);
    }
}
