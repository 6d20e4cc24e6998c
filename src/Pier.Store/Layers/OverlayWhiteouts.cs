using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Layers;

/// <summary>
/// Overlayfs's marks (kernel: overlayfs.rst, "whiteouts and opaque directories"): a character device 0/0, and trusted.overlay.opaque=y.
/// </summary>
sealed class OverlayWhiteouts : IWhiteouts
{
    const string Opaque = "trusted.overlay.opaque";
    static readonly byte[] Yes = Encoding.ASCII.GetBytes("y");

    public void Hide(SafeFileHandle parent, string name, string path)
    {
        var existing = FileStat.Find(parent, name);
        if (existing is null)
            At.MakeNode(parent, name, ModeBits.CharDevice, 0);
        else if (existing is { IsDirectory: true })
            Xattrs.Set(parent, name, Opaque, Yes);
        // A file of this layer hides the one below by being there.
    }

    public void HideAll(SafeFileHandle directory, string path) => Xattrs.Set(directory, ".", Opaque, Yes);

    public void Made(SafeFileHandle parent, string name, string path, bool isDirectory, bool replacedWhiteout)
    {
        if (isDirectory && replacedWhiteout)
            Xattrs.Set(parent, name, Opaque, Yes);
    }
}
