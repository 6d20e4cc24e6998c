using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Netlink;

namespace Pier.Network.Endpoints;

/// <summary>A way into a namespace: its handle, and a socket to configure it from anywhere. Owned by its maker.</summary>
/// <param name="Handle">The namespace.</param>
/// <param name="Inside">rtnetlink of the namespace.</param>
/// <param name="Fresh">Nothing but loopback is in there.</param>
sealed record NamespaceDoor(SafeFileHandle Handle, NetlinkSocket Inside, bool Fresh)
{
    const string DevicePrefix = "eth";

    /// <summary>The next free eth name.</summary>
    public string NextName()
    {
        if (Fresh)
            return DevicePrefix + "0";
        var names = Inside.ListLinks().Select(l => l.Name).ToHashSet();
        var number = 0;
        while (names.Contains(DevicePrefix + number))
            number++;
        return DevicePrefix + number;
    }

    /// <summary>
    /// A device that has just been made here. The kernel chose its index: it takes no wish for the far end of a veth pair.
    /// </summary>
    public PluggedDevice Find(string name, string? hostEnd) =>
        new(name, (Inside.FindLink(name) ?? throw new LinuxException("RTM_GETLINK", Errno.ENODEV, name)).Index, hostEnd);
}
