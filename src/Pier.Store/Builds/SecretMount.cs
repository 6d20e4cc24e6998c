using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using OpenFlags = Pier.Linux.Files.OpenFlags;

namespace Pier.Store.Builds;

/// <summary>A file that lives in a tmpfs of its own, which nobody can reach by a path, and goes with its last mount.</summary>
static class SecretMount
{
    const string Name = "secret";

    internal static SafeFileHandle Create(byte[] content, uint mode, (uint Uid, uint Gid) owner)
    {
        using var tmpfs = DetachedMount.New(
            "tmpfs",
            ["mode=700"],
            MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoExec,
            "tmpfs"
        );
        using (var file = At.Open(tmpfs, Name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180))
        {
            FileCopy.Write(file, content, 0, Name);
        }
        At.ChangeOwner(tmpfs, Name, owner.Uid, owner.Gid);
        At.ChangeMode(tmpfs, Name, mode);
        var mount = DetachedMount.Bind(Name, recursive: false, tmpfs);
        try
        {
            DetachedMount.SetAttributes(mount, MountAttributes.ReadOnly, 0, MountFlags.Private);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }
}
