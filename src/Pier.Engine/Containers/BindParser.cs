using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>Turns -v and --mount into mount points, with Docker's texts for what cannot be.</summary>
static class BindParser
{
    /// <summary>The mounts that a host configuration asks for (tmpfs stays with its options in the HostConfig). Sources are looked at, missing -v sources are made.</summary>
    public static MountPoint[] Resolve(HostConfig host)
    {
        var points = new List<MountPoint>();
        foreach (var bind in host.Binds ?? []) points.Add(Parse(bind));
        foreach (var mount in host.Mounts ?? [])
        {
            if (mount.Type != "tmpfs") points.Add(FromMount(mount));
            else CheckTarget(mount.Target);
        }
        foreach (var target in host.Tmpfs?.Keys ?? Enumerable.Empty<string>()) CheckTarget(target);
        var double_ = points.Select(p => p.Destination).Concat(host.Tmpfs?.Keys ?? Enumerable.Empty<string>()).GroupBy(d => d).FirstOrDefault(g => g.Count() > 1);
        if (double_ is not null) throw new InvalidParameterException($"Duplicate mount point: {double_.Key}");
        return [.. points];
    }

    /// <summary>SOURCE:DESTINATION[:OPTIONS].</summary>
    public static MountPoint Parse(string bind)
    {
        var parts = bind.Split(':');
        if (parts.Length is < 2 or > 3 || parts[0].Length == 0 || parts[1].Length == 0) throw Invalid(bind);
        var options = parts.Length == 3 ? parts[2].Split(',') : [];
        var (writable, propagation) = (true, "rprivate");
        foreach (var option in options)
        {
            switch (option)
            {
                case "ro": writable = false; break;
                case "rw" or "z" or "Z" or "nocopy" or "cached" or "delegated" or "consistent": break;
                case "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave": propagation = option; break;
                default: throw new InvalidParameterException($"invalid volume specification: '{bind}': invalid mode: {parts[2]}");
            }
        }
        var target = CheckTarget(parts[1], bind);
        if (parts[0][0] != '/')
            throw new UnsupportedException($"named volumes are not supported by this version of Pier: '{bind}' (use an absolute path of the host)");
        return new MountPoint
        {
            Type = "bind",
            Source = Path.GetFullPath(parts[0]),
            Destination = target,
            Mode = parts.Length == 3 ? parts[2] : "",
            RW = writable,
            Propagation = propagation,
        };
    }

    /// <summary>-v makes a missing source as a directory, as Docker does; --mount does not, unless told to.</summary>
    public static void PrepareSources(HostConfig host, IEnumerable<MountPoint> points)
    {
        var strict = (host.Mounts ?? []).Where(m => m.BindOptions is not { CreateMountpoint: true }).Select(m => m.Target).ToHashSet();
        foreach (var point in points)
        {
            if (point.Type != "bind" || Path.Exists(point.Source)) continue;
            if (strict.Contains(point.Destination))
                throw new InvalidParameterException($"invalid mount config for type \"bind\": bind source path does not exist: {point.Source}");
            try
            {
                Directory.CreateDirectory(point.Source);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new HostFailureException($"error while creating mount source path '{point.Source}': {e.Message}", e);
            }
        }
    }

    static MountPoint FromMount(MountRequest mount)
    {
        static InvalidParameterException Bad(string type, string why) => new($"invalid mount config for type \"{type}\": {why}");
        if (mount.Target.Length == 0) throw Bad(mount.Type, "field Target must not be empty");
        if (mount.Type is "volume" or "image" or "cluster" or "npipe")
            throw new UnsupportedException($"mounts of type {mount.Type} are not supported by this version of Pier");
        if (mount.Type != "bind") throw new InvalidParameterException($"invalid mount config for type \"{mount.Type}\": mount type unknown: \"{mount.Type}\"");
        if (mount.Source.Length == 0) throw Bad("bind", "field Source must not be empty");
        if (mount.Source[0] != '/') throw Bad("bind", "invalid mount path: '" + mount.Source + "' mount path must be absolute");
        var propagation = mount.BindOptions?.Propagation ?? "";
        return new MountPoint
        {
            Type = "bind",
            Source = Path.GetFullPath(mount.Source),
            Destination = CheckTarget(mount.Target),
            RW = !mount.ReadOnly,
            Propagation = propagation.Length > 0 ? propagation : "rprivate",
        };
    }

    static string CheckTarget(string target, string? bind = null)
    {
        if (target.Length == 0 || target[0] != '/' || target.Contains('\0'))
            throw new InvalidParameterException(bind is null
                ? $"invalid mount path: '{target}' mount path must be absolute"
                : $"invalid volume specification: '{bind}': invalid mount config for type \"bind\": invalid mount path: '{target}' mount path must be absolute");
        var clean = Path.GetFullPath(target);
        if (clean == "/") throw new InvalidParameterException($"invalid volume specification: '{bind ?? target}': invalid specification: destination can't be '/'");
        return clean.Length > 1 ? clean.TrimEnd('/') : clean;
    }

    static InvalidParameterException Invalid(string bind) => new($"invalid volume specification: '{bind}'");
}
