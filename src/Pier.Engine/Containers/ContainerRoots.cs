using Microsoft.Win32.SafeHandles;
using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Containers;

/// <summary>
/// Opens the file system of containers: of a running one as its first process sees it, with all that is mounted there; of another one its
/// snapshot.
/// </summary>
sealed class ContainerRoots(EngineParts parts, RuntimeHost host)
{
    static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    /// <summary>For reading. The container may start, stop or be removed meanwhile.</summary>
    public async Task<SafeFileHandle> OpenAsync(Container container, CancellationToken ct) =>
        await TryLiveAsync(container, ct).ConfigureAwait(false) ?? parts.Store.Snapshots.View(container.Id);

    /// <summary>For writing. A container that does not run cannot be started or removed until the answer is disposed.</summary>
    public async Task<WritableRoot> OpenWritableAsync(Container container, CancellationToken ct)
    {
        while (true)
        {
            if (await TryLiveAsync(container, ct).ConfigureAwait(false) is { } live) return new WritableRoot(live, null);
            await container.Gate.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                // Null: it has been started while the gate was waited for.
                if (OpenLocked(container) is { } stopped) return new WritableRoot(stopped, container.Gate);
            }
            catch
            {
                container.Gate.Release();
                throw;
            }
            container.Gate.Release();
        }
    }

    SafeFileHandle? OpenLocked(Container container)
    {
        if (container.IsRunning) return null;
        if (parts.Containers.ById(container.Id) is null) throw new NotFoundException($"No such container: {container.Id}");
        if (container.Record.HostConfig.ReadonlyRootfs) throw new ForbiddenException("container rootfs is marked read-only");
        return parts.Store.Snapshots.Mount(container.Id);
    }

    /// <summary>The numbers of the user that a container's processes run as.</summary>
    public (uint Uid, uint Gid) UserOf(Container container, SafeFileHandle root)
    {
        var user = host.ResolveUser(root, container.Record.Config.User, []);
        return ((uint)user.Uid, (uint)user.Gid);
    }

    // Null when it does not run. The pid may be another process's by the time its root is open: it must still be one of the container's then.
    async Task<SafeFileHandle?> TryLiveAsync(Container container, CancellationToken ct)
    {
        if (!container.IsRunning) return null;
        var pid = container.Pid;
        if (TryOpen(pid) is { } root)
        {
            if (parts.Runtime.Processes(container.Id).Contains(pid)) return root;
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

    SafeFileHandle? TryOpen(int pid)
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

/// <summary>A root that may be written to, and the gate that is held for it.</summary>
sealed class WritableRoot(SafeFileHandle root, SemaphoreSlim? gate) : IDisposable
{
    public SafeFileHandle Handle => root;

    public void Dispose()
    {
        root.Dispose();
        gate?.Release();
    }
}
