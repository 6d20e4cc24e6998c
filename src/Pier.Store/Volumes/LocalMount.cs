using Microsoft.Win32.SafeHandles;
using Pier.Linux.Mounts;

namespace Pier.Store.Volumes;

/// <summary>
/// The file system that the local driver's options type, device and o name (mount(8)'s -t, source and -o), as a detached mount.
/// </summary>
static class LocalMount
{
    static readonly Dictionary<string, (MountAttributes Set, MountAttributes Clear)> Attributes = new()
    {
        ["ro"] = (MountAttributes.ReadOnly, 0),
        ["rw"] = (0, MountAttributes.ReadOnly),
        ["nosuid"] = (MountAttributes.NoSuid, 0),
        ["suid"] = (0, MountAttributes.NoSuid),
        ["nodev"] = (MountAttributes.NoDev, 0),
        ["dev"] = (0, MountAttributes.NoDev),
        ["noexec"] = (MountAttributes.NoExec, 0),
        ["exec"] = (0, MountAttributes.NoExec),
        ["noatime"] = (MountAttributes.NoAtime, 0),
        ["atime"] = (0, MountAttributes.NoAtime),
        ["nodiratime"] = (MountAttributes.NoDirAtime, 0),
        ["diratime"] = (0, MountAttributes.NoDirAtime),
        ["relatime"] = (0, 0),
        ["strictatime"] = (MountAttributes.StrictAtime, 0),
    };

    // Words that mean what a mount does anyway, or that only mount(8) itself reads.
    static readonly HashSet<string> Ignored = ["", "defaults", "async", "auto", "noauto", "user", "nouser", "private", "rprivate"];

    internal static SafeFileHandle Open(string type, string device, string words)
    {
        MountAttributes set = 0,
            clear = 0;
        var (bind, recursive) = (type is "bind", false);
        var data = new List<string>();
        foreach (var word in words.Split(','))
        {
            if (Attributes.TryGetValue(word, out var attribute))
                (set, clear) = ((set & ~attribute.Clear) | attribute.Set, (clear & ~attribute.Set) | attribute.Clear);
            else if (word is "bind" or "rbind")
                (bind, recursive) = (true, word == "rbind");
            else if (!Ignored.Contains(word))
                data.Add(word);
        }
        if (!bind)
            return DetachedMount.New(type, data, set, device.Length > 0 ? device : type);
        var mount = DetachedMount.Bind(device, recursive);
        try
        {
            // man 2 mount_setattr: the access-time field is only changed as a whole.
            if ((set & MountAttributes.AccessTimeMask) != 0)
                clear |= MountAttributes.AccessTimeMask;
            DetachedMount.SetAttributes(mount, set, clear, MountFlags.Private);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }
}
