using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Images;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>An image as the API's clients see it.</summary>
static class ImageShapes
{
    /// <summary>The first API version without VirtualSize.</summary>
    const int WithoutVirtualSize = 44;

    /// <summary>The first API version whose image configuration has only what an image's has, and not a container's every field.</summary>
    const int WithImageConfig = 50;

    /// <summary>The first version without ContainerConfig.</summary>
    const int WithoutContainerConfig = 45;

    public static ImageSummary Summary(ImageSummaryView view, ApiVersion version) =>
        new()
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

    static ImageConfigBody Config(ContainerConfig config) =>
        new()
        {
            User = config.User is "" ? null : config.User,
            ExposedPorts = config.ExposedPorts,
            Env = config.Env,
            Cmd = config.Cmd,
            Healthcheck = config.Healthcheck,
            ArgsEscaped = config.ArgsEscaped,
            Volumes = config.Volumes,
            WorkingDir = config.WorkingDir is "" ? null : config.WorkingDir,
            Entrypoint = config.Entrypoint,
            OnBuild = config.OnBuild,
            Labels = config.Labels,
            StopSignal = config.StopSignal,
            Shell = config.Shell,
        };

    static ImageConfigBody Legacy(ImageConfigBody config) =>
        config with
        {
            Hostname = "",
            Domainname = "",
            User = config.User ?? "",
            AttachStdin = false,
            AttachStdout = false,
            AttachStderr = false,
            Tty = false,
            OpenStdin = false,
            StdinOnce = false,
            Image = "",
            WorkingDir = config.WorkingDir ?? "",
        };

    public static ImageInspect Inspect(ImageDetailsView view, ApiVersion version) =>
        new()
        {
            Id = view.Id,
            RepoTags = view.RepoTags,
            RepoDigests = view.RepoDigests,
            Comment = view.Comment,
            Created = view.Created is null ? null : Timestamps.Format(view.Created),
            Author = view.Author,
            Config = version.IsBefore(WithImageConfig) ? Legacy(Config(view.Config)) : Config(view.Config),
            ContainerConfig = version.IsBefore(WithoutContainerConfig) ? Legacy(Config(new ContainerConfig())) : null,
            Architecture = view.Architecture,
            Variant = view.Variant is "" ? null : view.Variant,
            Os = view.Os,
            Size = view.Size,
            VirtualSize = version.IsBefore(WithoutVirtualSize) ? view.Size : null,
            GraphDriver = new DriverData { Name = view.Driver, Data = view.DriverData.Count == 0 ? null : view.DriverData },
            RootFS = new Contracts.RootFs { Layers = view.LayerDiffIds.Count == 0 ? null : view.LayerDiffIds },
            Metadata = new ImageMetadata { LastTagTime = Timestamps.Format(view.LastTagged) },
        };
}
