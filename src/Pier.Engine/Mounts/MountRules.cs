using Pier.Engine.Volumes;
using Pier.Engine.Volumes.Drivers;
using Pier.Model;

namespace Pier.Engine.Mounts;

/// <summary>Checks a --mount and makes a plan of it, with Docker's texts.</summary>
static class MountRules
{
    public static MountPlan Plan(MountRequest mount)
    {
        if (mount.Target.Length == 0)
            throw Bad(mount, "field Target must not be empty");
        var target =
            mount.Target[0] == '/'
                ? MountPaths.Target(mount.Target)
                : throw Bad(mount, $"invalid mount path: '{mount.Target}' mount path must be absolute");
        if (mount.Type != "bind" && mount.BindOptions is not null)
            throw Foreign(mount, nameof(mount.BindOptions));
        if (mount.Type != "volume" && mount.VolumeOptions is not null)
            throw Foreign(mount, nameof(mount.VolumeOptions));
        if (mount.Type != "tmpfs" && mount.TmpfsOptions is not null)
            throw Foreign(mount, nameof(mount.TmpfsOptions));
        if (mount.Type != "image" && mount.ImageOptions is not null)
            throw Bad(mount, "field ImageOptions must not be specified");
        var point = new MountPoint
        {
            Type = mount.Type,
            Destination = target,
            RW = !mount.ReadOnly,
        };
        return mount.Type switch
        {
            "bind" => Bind(mount, point),
            "volume" => Volume(mount, point),
            "tmpfs" when mount.Source.Length > 0 => throw Bad(mount, "field Source must not be specified"),
            "tmpfs" => Tmpfs(mount, point),
            "image" => Image(mount, point),
            _ => throw Bad(mount, "mount type unknown"),
        };
    }

    static MountPlan Bind(MountRequest mount, MountPoint point)
    {
        if (mount.Source.Length == 0)
            throw Bad(mount, "field Source must not be empty");
        if (mount.Source[0] != '/')
            throw Bad(mount, $"invalid mount path: '{mount.Source}' mount path must be absolute");
        var options = mount.BindOptions ?? new BindOptions();
        if (options.Propagation is not ("" or "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave"))
            throw Bad(mount, $"invalid propagation mode: {options.Propagation}");
        if (options is { ReadOnlyNonRecursive: true, ReadOnlyForceRecursive: true })
            throw Bad(mount, "mount options conflict: only one of ReadOnlyNonRecursive and ReadOnlyForceRecursive can be set");
        return new MountPlan(
            point with
            {
                Source = MountPaths.Source(mount.Source),
                Propagation = options.Propagation.Length > 0 ? options.Propagation : "rprivate",
            }
        )
        {
            CreateSource = options.CreateMountpoint,
            Detail = new MountDetail { NonRecursive = options.NonRecursive, ReadOnlyNonRecursive = options.ReadOnlyNonRecursive },
        };
    }

    static MountPlan Volume(MountRequest mount, MountPoint point)
    {
        var options = mount.VolumeOptions ?? new VolumeOptions();
        var anonymous = mount.Source.Length == 0;
        if (anonymous && mount.ReadOnly)
            throw Bad(mount, "must not set ReadOnly mode when using anonymous volumes");
        if (anonymous && options.Subpath.Length > 0)
            throw Bad(mount, "must not set Subpath when using anonymous volumes");
        if (options.Subpath.Length > 0 && !MountPaths.IsLocal(options.Subpath))
            throw Bad(mount, "subpath must be a relative path within the volume");
        return new MountPlan(point with { Driver = LocalDriver.DriverName, Mode = "z" })
        {
            Volume = new CreateVolume(mount.Source, options.DriverConfig?.Name ?? "", options.DriverConfig?.Options, options.Labels),
            CopyUp = !options.NoCopy && options.Subpath.Length == 0,
            Detail = new MountDetail { Subpath = options.Subpath, Anonymous = anonymous },
        };
    }

    static MountPlan Tmpfs(MountRequest mount, MountPoint point)
    {
        foreach (var option in mount.TmpfsOptions?.Options ?? [])
        {
            if (option.Length is not (1 or 2))
                throw Bad(mount, "invalid option array length");
            if (option[0] is not ("exec" or "noexec"))
                throw Bad(mount, $"invalid option: {option[0]}");
        }
        return new MountPlan(point);
    }

    // An image's content cannot be changed through a mount of it.
    static MountPlan Image(MountRequest mount, MountPoint point)
    {
        if (mount.Source.Length == 0)
            throw Bad(mount, "field Source must not be empty");
        var subpath = mount.ImageOptions?.Subpath ?? "";
        if (subpath.Length > 0 && !MountPaths.IsLocal(subpath))
            throw Bad(mount, "subpath must be a relative path within the volume");
        return new MountPlan(point with { Source = mount.Source, RW = false }) { Detail = new MountDetail { Subpath = subpath } };
    }

    static InvalidParameterException Foreign(MountRequest mount, string field) =>
        new($"{field} must not be specified on mount type \"{mount.Type}\"");

    static InvalidParameterException Bad(MountRequest mount, string why) => new($"invalid mount config for type \"{mount.Type}\": {why}");
}
