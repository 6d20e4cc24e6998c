using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;

namespace Pier.Runtime.Compile;

/// <summary>
/// /sys/fs/cgroup of a container whose control groups are a namespace of their own; without one, binds are handed in instead.
/// </summary>
static class CgroupMounts
{
    /// <summary>Name of the import that holds one hierarchy's group of the container ("mount.4.memory").</summary>
    public static string ImportName(int mount, string hierarchy) => $"mount.{mount}.{hierarchy}";

    public static void Attach(Compilation c, bool ownNamespace, int mount, MountOptions options, Slot target)
    {
        if (c.Host.Cgroups.Unified)
        {
            if (ownNamespace)
                c.MountAt(target, "cgroup", "cgroup2", options.Flags, null);
            else
                c.Attach(c.Imported(ImportName(mount, "unified")), target);
            return;
        }
        AttachLegacy(c, ownNamespace, mount, options, target);
    }

    /// <summary>cgroup v1: a tmpfs with a directory for each hierarchy, and links for controllers that share one.</summary>
    static void AttachLegacy(Compilation c, bool ownNamespace, int mount, MountOptions options, Slot target)
    {
        var b = c.Builder;
        var context = b.CallInto(Syscall.Fsopen, b.Text("tmpfs"), MountCalls.FsopenCloexec);
        b.Call(Syscall.Fsconfig, context, MountCalls.FsconfigSetString, b.Text("mode"), b.Text("755"), 0);
        b.Call(Syscall.Fsconfig, context, MountCalls.FsconfigCmdCreate, 0, 0, 0);
        var tmpfs = b.CallInto(Syscall.Fsmount, context, MountCalls.FsmountCloexec, (ulong)(options.Set & ~MountAttributes.ReadOnly));
        c.Attach(tmpfs, target);
        foreach (var hierarchy in c.Host.Cgroups.Hierarchies.Where(h => !h.Unified))
        {
            var name = hierarchy.DirectoryName;
            var import = ImportName(mount, name);
            if (!ownNamespace && !c.Has(import))
                continue;
            b.Call(Syscall.Mkdirat, tmpfs, b.Text(name), 0x1ed);
            var directory = c.Open(tmpfs, name, OpenFlags.Path | OpenFlags.Directory, Compilation.InRootStrict);
            if (ownNamespace)
                c.MountAt(directory, "cgroup", "cgroup", options.Flags, hierarchy.MountData);
            else
                c.Attach(c.Imported(import), directory);
            foreach (var controller in hierarchy.Controllers.Where(n => hierarchy.Controllers.Count > 1 && n != name))
                b.CallUnless(Errno.EEXIST, Syscall.Symlinkat, b.Text(name), tmpfs, b.Text(controller));
        }
        if ((options.Set & MountAttributes.ReadOnly) != 0)
            c.SetAttributes(tmpfs, MountAttributes.ReadOnly);
    }
}
