using Pier.Contracts;
using Pier.Engine.Volumes;

namespace Pier.Api.Volumes;

/// <summary>A volume as the API's clients see it.</summary>
static class VolumeShapes
{
    public static VolumeResource Resource(VolumeView view) =>
        new()
        {
            Name = view.Record.Name,
            CreatedAt =
                view.Record.Created == default
                    ? null
                    : view.Record.Created.UtcDateTime.ToString(
                        "yyyy-MM-dd'T'HH:mm:ss'Z'",
                        System.Globalization.CultureInfo.InvariantCulture
                    ),
            Labels = view.Record.Labels.Count == 0 ? null : view.Record.Labels,
            Options = view.Record.Options.Count == 0 ? null : view.Record.Options,
            Driver = view.Record.Driver,
            Scope = view.Scope,
            Status = view.Status,
            Mountpoint = view.Mountpoint,
            UsageData = view is { Size: { } size, References: { } references } ? new VolumeUsage(size, references) : null,
        };
}
