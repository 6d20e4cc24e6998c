using Microsoft.Win32.SafeHandles;
using Pier.Engine.Mounts;
using Pier.Model;
using Pier.Runtime;
using Pier.Store.Trees;

namespace Pier.Engine.Containers;

/// <summary>
/// Opens the file system of containers: of a running one as its first process sees it, with all that is mounted there; of another one its
/// snapshot with its volumes in their places.
/// </summary>
sealed class ContainerRoots(EngineParts parts, RuntimeHost host, ContainerMounts mounts)
{
    static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    /// <summary>For reading. A running container, or one with nothing mounted in it, may start, stop or be removed meanwhile.</summary>
    public async Task<ContainerRoot> OpenAsync(Container container, CancellationToken ct)
    {
        if (container.Record.Mounts.Any(IsPlaced))
            return await OpenAsync(container, _ => { }, ct).ConfigureAwait(false);
        return await TryLiveAsync(container, ct).ConfigureAwait(false) is { } live
            ? Live(container, live)
            : new ContainerRoot(parts.Store.Snapshots.View(container.Id));
    }

    /// <summary>For writing. A container that does not run cannot be started or removed until the answer is disposed.</summary>
    public Task<ContainerRoot> OpenWritableAsync(Container container, CancellationToken ct) =>
        OpenAsync(
            container,
            record =>
            {
                // A volume may be written to all the same: the tree knows.
                if (record.HostConfig.ReadonlyRootfs && !record.Mounts.Any(IsPlaced))
                    throw new ForbiddenException("container rootfs is marked read-only");
            },
            ct
        );

    async Task<ContainerRoot> OpenAsync(Container container, Action<ContainerRecord> check, CancellationToken ct)
    {
        while (true)
        {
            if (await TryLiveAsync(container, ct).ConfigureAwait(false) is { } live)
                return Live(container, live);
            await container.Gate.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                if (!container.IsRunning)
                {
                    check(container.Record);
                    return OpenStopped(container);
                }
            }
            catch
            {
                container.Gate.Release();
                throw;
            }
            // It has been started while the gate was waited for.
            container.Gate.Release();
        }
    }

    ContainerRoot OpenStopped(Container container)
    {
        if (parts.Containers.ById(container.Id) is null)
            throw new NotFoundException($"No such container: {container.Id}");
        var record = container.Record;
        var root = parts.Store.Snapshots.Mount(container.Id);
        if (!record.Mounts.Any(IsPlaced))
            return new ContainerRoot(
                root,
                r =>
                {
                    parts.Store.Snapshots.Unmount(container.Id, r);
                    container.Gate.Release();
                }
            );
        var opened = mounts.Open(record);
        try
        {
            var placed = record.Mounts.Where(IsPlaced).Select(m => Placed(m, record.DetailOf(m), opened.GetValueOrDefault(m.Destination)));
            return new ContainerRoot(
                MountedTree.Open(root, placed, record.HostConfig.ReadonlyRootfs),
                r =>
                {
                    parts.Store.Snapshots.Unmount(container.Id, r);
                    mounts.Release(record);
                    container.Gate.Release();
                }
            );
        }
        catch
        {
            mounts.Release(record);
            throw;
        }
        finally
        {
            foreach (var handle in opened.Values)
                handle.Dispose();
        }
    }

    // A remapped process's files are called by the host's ids: those have to be told apart.
    ContainerRoot Live(Container container, SafeFileHandle root) => new(root) { Ids = IsRemapped(container) ? parts.Remap : null };

    bool IsRemapped(Container container) => parts.Remap is not null && container.Record.HostConfig.UsernsMode != "host";

    // A tmpfs is empty until its container runs.
    static bool IsPlaced(MountPoint point) => point.Type != "tmpfs";

    static PlacedMount Placed(MountPoint point, MountDetail detail, SafeFileHandle? opened) =>
        new(point.Destination, point.Source, opened) { ReadOnly = !point.RW, Recursive = !detail.NonRecursive };

    /// <summary>The numbers of the user that a container's processes run as.</summary>
    public (uint Uid, uint Gid) UserOf(Container container, SafeFileHandle root)
    {
        var user = host.ResolveUser(root, container.Record.Config.User, []);
        return ((uint)user.Uid, (uint)user.Gid);
    }

    // Null when it does not run. The pid may be another process's by the time its root is open: it must still be one of the container's
    // then.
    async Task<SafeFileHandle?> TryLiveAsync(Container container, CancellationToken ct)
    {
        if (!container.IsRunning)
            return null;
        var pid = container.Pid;
        if (TryOpen(pid) is { } root)
        {
            if (parts.Runtime.Processes(container.Id).Contains(pid))
                return root;
            root.Dispose();
        }
        // Its first process has just ended: soon the engine knows.
        try
        {
            await container.RunEnded.WaitAsync(EndPatience, ct).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new ConflictException($"the files of container {container.Id} cannot be reached: its first process is ending", e);
        }
        return null;
    }

    /// <summary>The root of a process; null when it has just ended.</summary>
    public SafeFileHandle? TryOpen(int pid)
    {
        try
        {
            return host.OpenRoot(pid);
        }
        catch (ConflictException)
        {
            return null;
        }
    }
}

/// <summary>An open root, and how it is given back where closing it is not all.</summary>
sealed class ContainerRoot(SafeFileHandle root, Action<SafeFileHandle>? giveBack = null) : IDisposable
{
    public SafeFileHandle Handle => root;

    /// <summary>How ids that are the container's are called through this root; null for the same.</summary>
    public IdMappings? Ids { get; init; }

    public void Dispose()
    {
        if (giveBack is null)
            root.Dispose();
        else
            giveBack(root);
    }
}
