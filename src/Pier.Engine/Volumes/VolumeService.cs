using Pier.Engine.Volumes.Drivers;

namespace Pier.Engine.Volumes;

/// <summary>The use cases of volumes, a file a verb. Every method throws the EngineException family.</summary>
public sealed partial class VolumeService
{
    readonly EngineParts parts;

    internal VolumeService(EngineParts parts) => this.parts = parts;

    VolumeTable Table => parts.Volumes;

    /// <summary>The drivers' names for `info`: local, and the plugins that have been used.</summary>
    public IReadOnlyList<string> Drivers => Table.Drivers.Names();

    VolumeView View(VolumeRecord record, bool usage = false)
    {
        var driver = Table.DriverOf(record);
        var volume = driver.Describe(record.Name);
        var view = new VolumeView(record, volume.Mountpoint) { Scope = driver.Scope, Status = volume.Status };
        return usage && driver is LocalDriver
            ? view with
            {
                Size = Table.Tree(volume.Mountpoint).Usage().Bytes,
                References = Table.Users(record.Name).Count,
            }
            : view;
    }
}
