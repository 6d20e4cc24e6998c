namespace Pier.Engine.Volumes;

/// <summary>The use cases of volumes, a file a verb. Every method throws the EngineException family.</summary>
public sealed partial class VolumeService
{
    readonly EngineParts parts;

    internal VolumeService(EngineParts parts) => this.parts = parts;

    VolumeTable Table => parts.Volumes;

    VolumeView View(VolumeRecord record, bool usage = false)
    {
        var view = new VolumeView(record, Table.Store.Data(record.Name));
        return usage ? view with { Size = Table.Store.Usage(record.Name).Bytes, References = Table.Users(record.Name).Count } : view;
    }
}
