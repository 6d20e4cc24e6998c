using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>Makes the handed-in root mount the root of the container's mount namespace and drops the host's.</summary>
static class RootSection
{
    public static void Pivot(Compilation c)
    {
        var b = c.Builder.About("root");
        var none = b.Text("none");
        b.Call(Syscall.Mount, none, b.Text("/"), none, (ulong)(MountFlags.Recursive | MountFlags.Private), 0);
        // Stacked on "/" of this namespace alone: no staging directory exists on the host.
        b.Call(Syscall.MoveMount, c.Imported("root"), b.Text(""), MountCalls.AtFdcwd, b.Text("/"), MountCalls.MoveMountFromEmptyPath);
        b.Call(Syscall.Fchdir, c.Imported("root"));
        // man 2 pivot_root, "pivot_root(".", ".")": the old root ends up stacked on the new one and is detached there.
        b.Call(Syscall.PivotRoot, b.Text("."), b.Text("."));
        b.Call(Syscall.Umount2, b.Text("."), UnmountFlags.Detach);
        b.Call(Syscall.Chdir, b.Text("/"));
    }

    public static void Propagation(Compilation c, string? word)
    {
        if (string.IsNullOrEmpty(word))
            return;
        var flags =
            MountOptions.PropagationNamed(word) ?? throw Compilation.Invalid("linux.rootfsPropagation", $"unknown propagation \"{word}\"");
        // The namespace is private already; and a root without peers has no master to be a slave of.
        if ((flags & (MountFlags.Private | MountFlags.Slave)) != 0)
            return;
        var b = c.Builder.About("linux.rootfsPropagation");
        b.Call(Syscall.Mount, b.Text("none"), b.Text("/"), b.Text("none"), (ulong)flags, 0);
    }

    public static void ReadOnly(Compilation c, Root? root)
    {
        if (root is not { Readonly: true })
            return;
        c.Builder.About("root.readonly");
        c.SetAttributes(c.Imported("root"), MountAttributes.ReadOnly);
    }
}
