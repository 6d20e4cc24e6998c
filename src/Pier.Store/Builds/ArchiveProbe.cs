using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Builds;

/// <summary>Whether a file is an archive that ADD unpacks: by what it holds, not by its name.</summary>
static class ArchiveProbe
{
    internal static bool IsArchive(SafeFileHandle held)
    {
        using var file = new FileStream(SourceTree.Reopen(held), FileAccess.Read, 64 << 10);
        try
        {
            using var plain = Decompression.Open(file);
            return new TarReader(plain).Next() is not null;
        }
        catch (Exception e) when (e is IOException or LinuxException)
        {
            // Compressed, but no tar inside; or no tar at all.
            return false;
        }
    }
}
