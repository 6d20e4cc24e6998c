using Pier.Distribution.Pull;
using Pier.Engine.Containers;
using Pier.Engine.Trust;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Images;

/// <summary>The use cases of images, a file a verb.</summary>
public sealed partial class ImageService
{
    readonly EngineParts parts;

    // Of all pulls into this store: two pulls of one layer share the work.
    readonly BlobTransfers transfers = new();

    internal BlobTransfers Transfers => transfers;

    readonly TrustCheck trust;

    internal ImageService(EngineParts parts) => (this.parts, trust) = (parts, new TrustCheck(parts.Options.TrustPolicy, parts.Registries));

    static InvalidParameterException BadFilter(string key) => new($"invalid filter '{key}'");

    void Publish(string action, string id, string name) =>
        parts.Events.Publish("image", action, id, new Dictionary<string, string> { ["name"] = name });

    List<ImageUser> Users(Digest image) =>
        [.. parts.Containers.All.Where(c => Uses(c.Record, image.ToString())).Select(c => new ImageUser(c.Id, c.IsRunning))];

    // An image that is only mounted in a container is used as well.
    static bool Uses(ContainerRecord container, string image) =>
        container.ImageId == image || container.Mounts.Any(m => m.Type == "image" && m.Source == image);
}
