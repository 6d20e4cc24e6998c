using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Trees;

/// <summary>Reads overlayfs's marks (kernel: overlayfs.rst, "whiteouts and opaque directories").</summary>
static class OverlayMarks
{
    /// <summary>Whether a directory of an upper directory shows nothing of those below.</summary>
    internal static bool IsOpaque(SafeFileHandle directory, string name) =>
        Xattrs.Get(directory, name, "trusted.overlay.opaque") is [(byte)'y'];
}
