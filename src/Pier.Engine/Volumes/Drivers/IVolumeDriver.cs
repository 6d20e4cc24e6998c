namespace Pier.Engine.Volumes.Drivers;

/// <summary>
/// Who keeps volumes' content: this host's directories, or another program. The engine knows which volumes there are and who uses them; a
/// driver only makes, shows and takes away. Errors are <see cref="Pier.Model.EngineException"/>s; calls may take as long as a server takes.
/// </summary>
interface IVolumeDriver
{
    string Name { get; }

    /// <summary>"local", or "global" where other hosts see the same volumes.</summary>
    string Scope { get; }

    /// <summary>Makes a volume; one that is there already stays as it is.</summary>
    void Create(string name, IReadOnlyDictionary<string, string> options);

    void Remove(string name);

    /// <summary>Where the content is, "" while that is not known; and what else the driver says of the volume.</summary>
    DriverVolume Describe(string name);

    /// <summary>Volumes that the driver has, also those that this engine never made.</summary>
    IReadOnlyList<DriverVolume> List();

    /// <summary>Makes the content visible for a user (a container's id) and answers its directory.</summary>
    string Attach(VolumeRecord volume, string user);

    /// <summary>A user is done; <paramref name="last"/>: nobody on this engine has the volume any more.</summary>
    void Detach(VolumeRecord volume, string user, bool last);
}

/// <summary>A volume as its driver sees it.</summary>
sealed record DriverVolume(string Name, string Mountpoint, IReadOnlyDictionary<string, string>? Status = null);
