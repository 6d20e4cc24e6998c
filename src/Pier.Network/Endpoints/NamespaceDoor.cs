using Microsoft.Win32.SafeHandles;
using Pier.Linux.Netlink;

namespace Pier.Network.Endpoints;

/// <summary>A way into a namespace: its handle, and a socket to configure it from anywhere. Owned by its maker.</summary>
/// <param name="Handle">The namespace.</param>
/// <param name="Inside">rtnetlink of the namespace.</param>
/// <param name="Fresh">Nothing but loopback is in there.</param>
sealed record NamespaceDoor(SafeFileHandle Handle, NetlinkSocket Inside, bool Fresh)
{
    const string DevicePrefix = "eth";

    /// <summary>The next free eth name, and an index that nobody has.</summary>
    public (string Name, int Index) Next()
    {
        var links = Inside.ListLinks();
        var names = links.Select(l => l.Name).ToHashSet();
        var number = 0;
        while (names.Contains(DevicePrefix + number)) number++;
        return (DevicePrefix + number, links.Max(l => l.Index) + 1);
    }

    /// <summary>What <see cref="Next"/> would find in a fresh namespace.</summary>
    public static (string Name, int Index) First => (DevicePrefix + "0", Links.Loopback + 1);
}
