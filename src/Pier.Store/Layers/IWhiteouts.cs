using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Layers;

/// <summary>
/// How a deletion in a layer (OCI image spec, layer.md, "Whiteouts") is kept: as a mark for the file system that stacks the layers, or by
/// deleting from a full copy.
/// </summary>
interface IWhiteouts
{
    /// <summary>Hides a name of the layers below. What this layer itself put there stays.</summary>
    void Hide(SafeFileHandle parent, string name, string path);

    /// <summary>Hides all that the layers below have in a directory.</summary>
    void HideAll(SafeFileHandle directory, string path);

    /// <summary>A name was made by this layer; a directory that takes a whiteout's place must not show what the whiteout hid.</summary>
    void Made(SafeFileHandle parent, string name, string path, bool isDirectory, bool replacedWhiteout);
}
