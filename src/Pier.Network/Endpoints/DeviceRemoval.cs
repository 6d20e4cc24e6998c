using Pier.Linux;
using Pier.Linux.Netlink;

namespace Pier.Network.Endpoints;

/// <summary>
/// Takes a device out of a running container. The kernel takes it off the namespace's list at once and then waits 10 to 30 ms for its last
/// readers, within the request: another thread waits for that, we only for the first.
/// </summary>
static class DeviceRemoval
{
    /// <summary>Deletes; a device that is gone already is no error.</summary>
    /// <param name="door">The container's namespace.</param>
    /// <param name="device">Its name there.</param>
    /// <param name="deleter">A socket of the same namespace; it is closed when the kernel is done.</param>
    public static void Remove(NamespaceDoor door, string device, NetlinkSocket deleter)
    {
        // A thread of its own: the pool may be busy, and a deletion that comes late would hit the next device of the name.
        var deletion = Task.Factory.StartNew(
            () =>
            {
                using (deleter)
                    return deleter.TryExecute(new NetlinkWriter().DeleteLink(device));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var wait = new SpinWait();
        while (!deletion.IsCompleted && door.Inside.FindLink(device) is not null)
            wait.SpinOnce();
        if (deletion.IsCompleted && deletion.Result is { Errno: not Errno.ENODEV } failure)
            throw failure;
    }
}
