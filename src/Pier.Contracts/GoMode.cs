namespace Pier.Contracts;

/// <summary>Go's os.FileMode: permissions as the kernel has them, type and special bits in places of its own.</summary>
public static class GoMode
{
    public const uint Directory = 1u << 31,
        Symlink = 1u << 27,
        Device = 1u << 26,
        NamedPipe = 1u << 25,
        Socket = 1u << 24,
        SetUid = 1u << 23,
        SetGid = 1u << 22,
        CharDevice = 1u << 21,
        Sticky = 1u << 20;

    const uint TypeMask = 0xF000,
        Permissions = 0x1FF;

    /// <summary>From st_mode (man 7 inode).</summary>
    public static uint OfKernel(uint mode) =>
        (mode & Permissions)
        | ((mode & 0x800) != 0 ? SetUid : 0)
        | ((mode & 0x400) != 0 ? SetGid : 0)
        | ((mode & 0x200) != 0 ? Sticky : 0)
        | (mode & TypeMask) switch
        {
            0x4000 => Directory,
            0xA000 => Symlink,
            0x6000 => Device,
            0x2000 => Device | CharDevice,
            0x1000 => NamedPipe,
            0xC000 => Socket,
            _ => 0,
        };

    /// <summary>To st_mode; what is of no other type is a regular file.</summary>
    public static uint ToKernel(uint mode) =>
        (mode & Permissions)
        | ((mode & SetUid) != 0 ? 0x800u : 0)
        | ((mode & SetGid) != 0 ? 0x400u : 0)
        | ((mode & Sticky) != 0 ? 0x200u : 0)
        | (
            (mode & Directory) != 0 ? 0x4000u
            : (mode & Symlink) != 0 ? 0xA000u
            : (mode & (Device | CharDevice)) == Device ? 0x6000u
            : (mode & Device) != 0 ? 0x2000u
            : (mode & NamedPipe) != 0 ? 0x1000u
            : (mode & Socket) != 0 ? 0xC000u
            : 0x8000u
        );
}
