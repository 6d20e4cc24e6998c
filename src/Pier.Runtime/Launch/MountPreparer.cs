using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Cgroups;
using Pier.Linux.Files;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Linux.Namespaces;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;

namespace Pier.Runtime.Launch;

/// <summary>
/// Detached mounts for what comes from the host: bind sources, other file systems, a terminal's devpts, devices for user namespaces.
/// </summary>
static class MountPreparer
{
    // What the program makes itself.
    static readonly string[] Made = ["proc", "sysfs", "tmpfs", "ramfs", "mqueue", "devpts", "cgroup", "cgroup2"];

    public static void Prepare(Preparation preparation, PreparationRequest request)
    {
        var prepared = new Dictionary<int, PreparedMount>();
        var modes = new Dictionary<int, int>();
        var mounts = request.Spec.Mounts ?? [];
        for (var i = 0; i < mounts.Count; i++)
        {
            var import = $"mount.{i}";
            if (request.Mounts?.GetValueOrDefault(mounts[i].Destination) is { } given)
                preparation.Lend(import, given);
            else if (Open(mounts[i], i, request.Bundle) is { } opened)
                preparation.Own(import, opened);
            else
            {
                if (mounts[i].Type == "tmpfs" && ModeBelow(mounts[i], request.Root) is { } mode)
                    modes[i] = mode;
                continue;
            }
            prepared[i] = Describe(preparation.ImportOf(import));
        }
        var devpts = request.Spec.Process is { Terminal: true } ? mounts.FirstOrDefault(m => m.Type == "devpts") : null;
        if (devpts is not null)
            preparation.Own("devpts", Devpts(devpts, request.Spec.Linux));
        if (preparation.Facts.HasUser)
            Devices(preparation, request.Spec);
        preparation.Facts = preparation.Facts with { Mounts = prepared, TmpfsModes = modes, Devpts = devpts is not null };
    }

    /// <summary>The mode that a tmpfs takes over from the root's directory; null where it has its own or there is no directory.</summary>
    static int? ModeBelow(Mount mount, SafeFileHandle root)
    {
        if (MountOptions.Parse(mount.Options).Data.Any(o => o.StartsWith("mode=", StringComparison.Ordinal)))
            return null;
        try
        {
            using var directory = At.OpenIn(
                root,
                mount.Destination,
                Linux.Files.OpenFlags.Path | Linux.Files.OpenFlags.Directory,
                Resolve.InRoot
            );
            return (int)(FileStat.Of(directory).Mode & ModeBits.PermissionMask);
        }
        catch (LinuxException)
        {
            return null; // the program makes it, or tells what is in the way
        }
    }

    static PreparedMount Describe(SafeFileHandle mount)
    {
        var directory = FileStat.Of(mount).IsDirectory;
        return new PreparedMount(directory, directory && FileSystem.Of(mount).Magic == FileSystem.Proc);
    }

    static SafeFileHandle? Open(Mount mount, int index, string bundle)
    {
        var options = MountOptions.Parse(mount.Options);
        var bind = options.IsBind || mount.Type == "bind";
        if (!bind && (mount.Type is null or "" or "none"))
            throw new InvalidParameterException($"mounts[{index}] {mount.Destination}: no type");
        if (!bind && Made.Contains(mount.Type))
            return null;
        try
        {
            return bind ? Bind(mount, options, bundle) : DetachedMount.New(mount.Type!, options.Data, options.Set, mount.Source);
        }
        catch (LinuxException e)
        {
            var message = $"mounts[{index}] {mount.Destination}: {e.Message}";
            throw e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ENODEV or Errno.EINVAL or Errno.ELOOP
                ? new InvalidParameterException(message, e)
                : new HostFailureException(message, e);
        }
    }

    static SafeFileHandle Bind(Mount mount, MountOptions options, string bundle)
    {
        var source = Path.Combine(bundle, mount.Source ?? "");
        var bound = DetachedMount.Bind(source, options.Recursive);
        try
        {
            // Without a word the mount is private: a copy of a shared mount would stay in its source's peer group.
            var propagation = options.Propagation == 0 ? MountFlags.Private | MountFlags.Recursive : options.Propagation;
            Change(bound, 0, 0, propagation & ~MountFlags.Recursive, (propagation & MountFlags.Recursive) != 0);
            if ((options.Set | options.Clear) != 0)
                Change(bound, options.Set, options.Clear, 0, recursive: false);
            if ((options.RecursiveSet | options.RecursiveClear) != 0)
                Change(bound, options.RecursiveSet, options.RecursiveClear, 0, recursive: true);
            if (options.IdMap || mount.UidMappings is { Count: > 0 })
                IdMap(bound, mount);
            return bound;
        }
        catch (LinuxException)
        {
            bound.Dispose();
            throw;
        }
    }

    static void Change(SafeFileHandle mount, MountAttributes set, MountAttributes clear, MountFlags propagation, bool recursive)
    {
        // man 2 mount_setattr: the access-time field is only changed as a whole.
        if (((set | clear) & MountAttributes.AccessTimeMask) != 0)
            clear |= MountAttributes.AccessTimeMask;
        DetachedMount.SetAttributes(mount, set, clear, propagation, recursive);
    }

    static void IdMap(SafeFileHandle bound, Mount mount)
    {
        if (mount.UidMappings is not { Count: > 0 } || mount.GidMappings is not { Count: > 0 })
            throw new LinuxException("mount_setattr", Errno.EINVAL, "an idmapped mount needs uidMappings and gidMappings");
        using var launcher = new Launcher();
        // A mount's mapping is read the other way round: "inside" is what the file system stores.
        using var user = UserNamespace.Create(
            launcher,
            ContainerPreparer.Ranges(mount.UidMappings),
            ContainerPreparer.Ranges(mount.GidMappings)
        );
        DetachedMount.SetAttributes(bound, 0, 0, 0, recursive: mount.Options.Contains("ridmap"), user);
    }

    static SafeFileHandle Devpts(Mount mount, LinuxConfig? linux)
    {
        var options = MountOptions.Parse(mount.Options);
        var data = options.Data.Where(o => o != "newinstance").ToList();
        if (linux?.UidMappings is { Count: > 0 } users && linux.Namespaces.Any(n => n.Type == "user"))
        {
            // This instance belongs to the host's user namespace: its ids are the host's.
            data = [.. data.Where(o => !o.StartsWith("gid=", StringComparison.Ordinal) && !o.StartsWith("uid=", StringComparison.Ordinal))];
            data.Add($"uid={Outside(users, 0)}");
            data.Add($"gid={Outside(linux.GidMappings ?? users, 5)}");
        }
        return DetachedMount.New("devpts", data, options.Set);
    }

    static uint Outside(IReadOnlyList<IdMapping> mappings, uint inside)
    {
        foreach (var m in mappings)
            if (inside >= m.ContainerID && inside - m.ContainerID < m.Size)
                return m.HostID + (inside - m.ContainerID);
        return mappings[0].HostID;
    }

    /// <summary>In a user namespace mknod makes no usable device: the host's nodes are bound, each checked by its numbers.</summary>
    static void Devices(Preparation preparation, Spec spec)
    {
        var all = DeviceSection.All(spec);
        for (var i = 0; i < all.Count; i++)
        {
            var bound = preparation.Own($"device.{i}", DetachedMount.Bind(all[i].Path, recursive: false));
            var status = FileStat.Of(bound);
            if (!(status.IsCharacterDevice || status.IsBlockDevice) || status.RdevMajor != all[i].Major || status.RdevMinor != all[i].Minor)
                throw new InvalidParameterException(
                    $"linux.devices {all[i].Path}: the host's node is not device {all[i].Major}:{all[i].Minor}"
                );
            DetachedMount.SetAttributes(bound, 0, 0, MountFlags.Private);
        }
    }

    /// <summary>Without a cgroup namespace a container sees its own groups by binds.</summary>
    public static void CgroupMounts(Preparation preparation, PreparationRequest request, HostFacts host, ControlGroup group)
    {
        if (request.Spec.Linux?.Namespaces.Any(n => n.Type == "cgroup") == true)
            return;
        var names = new List<string>();
        var mounts = request.Spec.Mounts ?? [];
        for (var i = 0; i < mounts.Count; i++)
        {
            if (mounts[i].Type is not ("cgroup" or "cgroup2"))
                continue;
            var options = MountOptions.Parse(mounts[i].Options);
            foreach (var (hierarchy, directory) in group.Places.Where(p => p.Hierarchy.Unified == host.Cgroups.Unified))
            {
                var import = Compile.CgroupMounts.ImportName(i, hierarchy.Unified ? "unified" : hierarchy.DirectoryName);
                var bound = preparation.Own(import, DetachedMount.Bind(directory, recursive: false));
                Change(bound, options.Set, options.Clear, MountFlags.Private, recursive: false);
                names.Add(import);
            }
        }
        preparation.Facts = preparation.Facts with { CgroupMounts = names };
    }
}
