using System.Text;

namespace Pier.Store.Layers;

/// <summary>Names inside an archive, cleaned as path.Clean of Go does: relative to the root, no empty parts, no "." and "..".</summary>
static class ArchivePath
{
    /// <summary>
    /// The parts of a name; none for the root itself. Throws <see cref="CorruptException"/> in Docker's words when ".." climbs out.
    /// </summary>
    internal static string[] Parts(string name) =>
        TryParts(name, out var parts) ? parts : throw new CorruptException($"{Quote(name)} is outside of \"/\"");

    /// <summary>False when ".." climbs out of the archive.</summary>
    internal static bool TryParts(string name, out string[] parts)
    {
        var kept = new List<string>();
        foreach (var part in name.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
            {
                kept.Add(part);
                continue;
            }
            if (kept.Count == 0)
            {
                parts = [];
                return false;
            }
            kept.RemoveAt(kept.Count - 1);
        }
        parts = [.. kept];
        return true;
    }

    /// <summary>A name as Go's %q prints it: what an archive says must not drive a terminal.</summary>
    internal static string Quote(string name)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in name)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c))
                quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
