using Pier.Engine.Volumes;
using Pier.Engine.Volumes.Drivers;
using Pier.Model;

namespace Pier.Engine.Mounts;

/// <summary>-v: [SOURCE:]DESTINATION[:OPTIONS], where a source that is no absolute path is a volume's name.</summary>
static class BindSyntax
{
    public static MountPlan Parse(string bind, string volumeDriver = "")
    {
        var parts = bind.Split(':');
        if (parts.Length > 3 || parts.Any(p => p.Length == 0))
            throw new InvalidParameterException($"invalid volume specification: '{bind}'");
        if (parts.Length == 1)
            return Anonymous(parts[0]);
        var mode = parts.Length == 3 ? parts[2] : "";
        var (writable, copy, propagation) = Options(bind, mode);
        var target = MountPaths.Target(parts[1], bind);
        var point = new MountPoint
        {
            Destination = target,
            Mode = mode,
            RW = writable,
        };
        if (parts[0][0] == '/')
        {
            if (!copy)
                throw Extra(bind, "bind", "VolumeOptions");
            return new MountPlan(
                point with
                {
                    Type = "bind",
                    Source = MountPaths.Source(parts[0]),
                    Propagation = propagation ?? "rprivate",
                }
            )
            {
                CreateSource = true,
            };
        }
        if (propagation is not null)
            throw Extra(bind, "volume", "BindOptions");
        return new MountPlan(point with { Type = "volume", Driver = LocalDriver.DriverName, Mode = mode.Length > 0 ? mode : "z" })
        {
            Volume = new CreateVolume(parts[0], volumeDriver, null, null),
            CopyUp = copy,
        };
    }

    /// <summary>
    /// A volume without a name, as VOLUME of an image asks for. A relative path is one from the root, and nothing leads above it.
    /// </summary>
    public static MountPlan Anonymous(string target) =>
        new(
            new MountPoint
            {
                Type = "volume",
                Destination = MountPaths.Target("/" + target.TrimStart('/'), target),
                Driver = LocalDriver.DriverName,
                RW = true,
            }
        )
        {
            Volume = new CreateVolume(null, "", null, null),
            CopyUp = true,
            Detail = new MountDetail { Anonymous = true },
        };

    static InvalidParameterException Extra(string bind, string type, string field) =>
        new($"invalid volume specification: '{bind}': invalid mount config for type \"{type}\": field {field} must not be specified");

    static (bool Writable, bool Copy, string? Propagation) Options(string bind, string mode)
    {
        var (writable, copy, propagation) = (true, true, (string?)null);
        var kinds = new HashSet<string>();
        foreach (var option in mode.Length == 0 ? [] : mode.Split(','))
        {
            var kind = option switch
            {
                "ro" or "rw" => "access",
                "z" or "Z" => "label",
                "nocopy" => "copy",
                "cached" or "delegated" or "consistent" => "consistency",
                _ => "propagation",
            };
            if (!kinds.Add(kind))
                throw new InvalidParameterException($"invalid volume specification: '{bind}': invalid mode: {mode}");
            switch (option)
            {
                case "ro":
                    writable = false;
                    break;
                case "nocopy":
                    copy = false;
                    break;
                // Labels of a security module that is not there, and words for another platform's file sharing.
                case "rw" or "z" or "Z" or "cached" or "delegated" or "consistent":
                    break;
                case "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave":
                    propagation = option;
                    break;
                default:
                    throw new InvalidParameterException($"invalid volume specification: '{bind}': invalid mode: {mode}");
            }
        }
        return (writable, copy, propagation);
    }
}
