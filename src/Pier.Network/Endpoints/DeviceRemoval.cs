using Pier.Linux;
using Pier.Linux.Netlink;

namespace Pier.Network.Endpoints;

/// <summary>Takes a device out of a running container.</summary>
static class DeviceRemoval
{
    /// <summary>Deletes; a device that is gone already is no error.</summary>
    public static void Remove(NamespaceDoor door, string device)
    {
        if (door.Inside.TryExecute(new NetlinkWriter().DeleteLink(device)) is { Errno: not Errno.ENODEV } failure) throw failure;
    }
}
