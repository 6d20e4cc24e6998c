using Pier.Store.Volumes;

namespace Pier.Engine.Volumes.Drivers;

/// <summary>Volumes as directories of the data root, with a file system over them where options name one.</summary>
sealed class LocalDriver(VolumeStore store) : IVolumeDriver
{
    public const string DriverName = "local";

    public string Name => DriverName;
    public string Scope => "local";

    public void Create(string name, IReadOnlyDictionary<string, string> options) => store.Create(name, VolumeRules.Size(name, options));

    public void Remove(string name) => store.Remove(name);

    public DriverVolume Describe(string name) => new(name, store.Data(name));

    // Every one has a record.
    public IReadOnlyList<DriverVolume> List() => [];

    public string Attach(VolumeRecord volume, string user)
    {
        store.Create(volume.Name, VolumeRules.Size(volume.Name, volume.Options));
        if (volume.IsMounted)
            store.Attach(volume.Name, volume.Options);
        return store.Data(volume.Name);
    }

    public void Detach(VolumeRecord volume, string user, bool last)
    {
        if (last && volume.IsMounted)
            store.Detach(volume.Name);
    }
}
