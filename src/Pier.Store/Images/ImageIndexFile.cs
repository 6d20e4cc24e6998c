using System.Collections.Immutable;
using System.Text.Json;
using Pier.Linux.Files;
using Pier.Model;

namespace Pier.Store.Images;

/// <summary>
/// index.json on the disk, and beside it the one before it. Without the list every image would count as garbage: one that a disk or a
/// person has spoiled is put aside, never taken for an empty one.
/// </summary>
sealed class ImageIndexFile(Layout layout)
{
    /// <summary>What became of a list that could not be read, for a person; null when it could.</summary>
    internal string? Damage { get; private set; }

    /// <summary>The entries; an empty list in a root that has no content yet.</summary>
    internal ImmutableArray<Descriptor> Read()
    {
        if (!File.Exists(layout.ImageIndex) && !File.Exists(layout.ImageIndexBefore) && !HasBlobs())
        {
            Write([]);
            return [];
        }
        try
        {
            return ReadFile(layout.ImageIndex);
        }
        catch (Exception e) when (e is EngineException or FileNotFoundException)
        {
            return ReadBefore(e);
        }
    }

    /// <summary>On disk when it returns; what was there becomes the one before.</summary>
    internal void Write(ImmutableArray<Descriptor> entries)
    {
        if (File.Exists(layout.ImageIndex))
        {
            // Its blocks are free then for the new one: names can be taken away on a full disk.
            At.TryRemove(At.WorkingDirectory, layout.ImageIndexBefore, isDirectory: false);
            At.Link(At.WorkingDirectory, layout.ImageIndex, At.WorkingDirectory, layout.ImageIndexBefore);
        }
        WriteFile(entries);
    }

    ImmutableArray<Descriptor> ReadBefore(Exception damage)
    {
        ImmutableArray<Descriptor> entries;
        try
        {
            entries = ReadFile(layout.ImageIndexBefore);
        }
        catch (Exception e) when (e is EngineException or FileNotFoundException)
        {
            throw new HostFailureException(
                $"the list of images {layout.ImageIndex} cannot be read, nor one from before: {damage.Message}: put a good one there, "
                    + $"or remove {layout.Content} to begin without images",
                damage
            );
        }
        Damage = $"the list of images could not be read ({damage.Message}); what it was before its last change is used";
        if (File.Exists(layout.ImageIndex))
        {
            var torn = layout.ImageIndex + Layout.TornExtension;
            File.Move(layout.ImageIndex, torn, overwrite: true);
            Damage += $", the file is kept as {torn}";
        }
        WriteFile(entries);
        return entries;
    }

    void WriteFile(ImmutableArray<Descriptor> entries)
    {
        var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. entries] };
        AtomicFile.Write(layout.ImageIndex, JsonSerializer.SerializeToUtf8Bytes(index, ImageJson.Plain.ImageIndex));
    }

    bool HasBlobs() => Directory.Exists(layout.Blobs) && Directory.EnumerateFiles(layout.Blobs, "*", SearchOption.AllDirectories).Any();

    static ImmutableArray<Descriptor> ReadFile(string path) => [.. ImageDocument.Index(File.ReadAllBytes(path)).Manifests];
}
