using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Pier.Model;

namespace Pier.Store.Images;

/// <summary>
/// The layout's index.json: which names stand for which manifests. It is the only record of images. An entry without a name is a
/// dangling image. Readers see a whole list; writers come one after another and are on disk before the list changes.
/// </summary>
sealed class ImageCatalog
{
    readonly ImageIndexFile _file;

    internal ImageCatalog(Layout layout)
    {
        _file = new ImageIndexFile(layout);
        if (!File.Exists(layout.LayoutMark))
            AtomicFile.Write(
                layout.LayoutMark,
                JsonSerializer.SerializeToUtf8Bytes(
                    new ImageLayoutMark { ImageLayoutVersion = ImageLayoutMark.Version },
                    ImageJson.Plain.ImageLayoutMark
                )
            );
        Entries = _file.Read();
    }

    /// <summary>What became of a list that could not be read; null when all is as it was written.</summary>
    internal string? Damage => _file.Damage;

    /// <summary>Held while the list changes and while garbage is collected.</summary>
    internal Lock Gate { get; } = new();

    internal ImmutableArray<Descriptor> Entries { get; private set; } = [];

    internal void Update(Func<ImmutableArray<Descriptor>, ImmutableArray<Descriptor>> change)
    {
        lock (Gate)
        {
            var entries = change(Entries);
            if (entries != Entries)
                Write(entries);
        }
    }

    /// <summary>The name of an entry in full, or null for a dangling one.</summary>
    internal static string? NameOf(Descriptor entry) => entry.Annotation(ImageAnnotations.RefName);

    internal static DateTimeOffset? TaggedAt(Descriptor entry) =>
        DateTimeOffset.TryParse(
            entry.Annotation(ImageAnnotations.TaggedAt),
            CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind,
            out var time
        )
            ? time
            : null;

    /// <summary>An entry for a target; the annotations are ours alone, so that a loaded image's cannot claim names.</summary>
    internal static Descriptor Entry(Descriptor target, ImageReference? name) =>
        new()
        {
            MediaType = target.MediaType,
            Digest = target.Digest,
            Size = target.Size,
            Platform = target.Platform,
            Annotations = name is null
                ? null
                : new Dictionary<string, string>
                {
                    [ImageAnnotations.RefName] = name.ToString(),
                    [ImageAnnotations.ContainerdName] = name.ToString(),
                    [ImageAnnotations.TaggedAt] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
                },
        };

    void Write(ImmutableArray<Descriptor> entries)
    {
        _file.Write(entries);
        Entries = entries;
    }
}
