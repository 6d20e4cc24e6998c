using System.Runtime.InteropServices;
using Pier.Linux.Capabilities;

namespace Pier.Linux.Files;

/// <summary>
/// Lets the calling thread make files as another owner (man 2 setfsuid): a file system of a user namespace takes none from a user that has
/// no id there (EOVERFLOW). What the thread may do stays. Until <see cref="Dispose"/>, on the same thread.
/// </summary>
public sealed unsafe partial class FileOwner : IDisposable
{
    readonly uint _user,
        _group;
    readonly CapabilityData _capabilities;

    public FileOwner(uint user, uint group)
    {
        fixed (CapabilityData* data = &_capabilities)
        {
            var header = CapabilityHeader.Self;
            if (CapGet(&header, data) != 0)
                throw new LinuxException("capget", Marshal.GetLastPInvokeError());
        }
        _group = (uint)SetFsGid(group);
        _user = (uint)SetFsUid(user);
        Restore();
    }

    public void Dispose()
    {
        SetFsUid(_user);
        SetFsGid(_group);
        Restore();
    }

    // man 7 capabilities: leaving user 0 takes those that concern files out of the effective set.
    void Restore()
    {
        var (header, data) = (CapabilityHeader.Self, _capabilities);
        if (CapSet(&header, &data) != 0)
            throw new LinuxException("capset", Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFsUid(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetFsGid(uint group);

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int CapGet(CapabilityHeader* header, CapabilityData* data);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int CapSet(CapabilityHeader* header, CapabilityData* data);
}
