using Pier.Model;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>Writes images as a `docker save` archive; throws before the first byte when one is not known.</summary>
    public async Task SaveAsync(IReadOnlyList<string> references, Platform? platform, Stream output, CancellationToken ct)
    {
        await Task.Run(() => parts.Store.Images.Save(references, output, platform, ct), ct).ConfigureAwait(false);
        foreach (var reference in references)
        {
            if (parts.Store.Images.Find(reference) is { } image)
                Publish("save", image.Id.ToString(), reference);
        }
    }
}
