using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Trees;

namespace Pier.Store.Contexts;

/// <summary>A directory whose entries are being told.</summary>
sealed class OpenContextDirectory(string path, SafeFileHandle handle) : IDisposable
{
    /// <summary>From the tree's root; "" is the root.</summary>
    internal string Path { get; } = path;
    internal SafeFileHandle Handle { get; } = handle;

    /// <summary>The entries that the client has.</summary>
    internal HashSet<string> Names { get; } = [];

    /// <summary>Removes what the client does not have.</summary>
    internal void RemoveUnnamed()
    {
        foreach (var entry in DirectoryReader.Read(Handle))
        {
            if (Names.Contains(entry.Name))
                continue;
            if (FileStat.Find(Handle, entry.Name) is { IsDirectory: true })
                TreeRemoval.Remove(Handle, entry.Name);
            else
                At.Unlink(Handle, entry.Name);
        }
    }

    public void Dispose() => Handle.Dispose();
}
