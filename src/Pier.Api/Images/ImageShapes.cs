using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Images;

namespace Pier.Api.Images;

/// <summary>An image as the API's clients see it.</summary>
static class ImageShapes
{
    /// <summary>The first API version without VirtualSize.</summary>
    const int WithoutVirtualSize = 44;

    public static ImageSummary Summary(ImageSummaryView view, ApiVersion version) => new()
    {
        Containers = view.Containers,
        Created = view.Created.ToUnixTimeSeconds(),
        Id = view.Id,
        Labels = view.Labels,
        RepoDigests = view.RepoDigests,
        RepoTags = view.RepoTags,
        Size = view.Size,
        VirtualSize = version.IsBefore(WithoutVirtualSize) ? view.Size : null,
    };

    public static ImageInspect Inspect(ImageDetailsView view, ApiVersion version) => new()
    {
        Id = view.Id,
        RepoTags = view.RepoTags,
        RepoDigests = view.RepoDigests,
        Comment = view.Comment,
        Created = view.Created is null ? null : Timestamps.Format(view.Created),
        Author = view.Author,
        Config = view.Config,
        Architecture = view.Architecture,
        Variant = view.Variant is "" ? null : view.Variant,
        Os = view.Os,
        Size = view.Size,
        VirtualSize = version.IsBefore(WithoutVirtualSize) ? view.Size : null,
        GraphDriver = new DriverData { Name = view.Driver, Data = view.DriverData.Count == 0 ? null : view.DriverData },
        RootFS = new RootFs { Layers = view.LayerDiffIds.Count == 0 ? null : view.LayerDiffIds },
        Metadata = new ImageMetadata { LastTagTime = Timestamps.Format(view.LastTagged) },
    };
}
