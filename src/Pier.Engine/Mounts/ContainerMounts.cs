using Microsoft.Win32.SafeHandles;
using Pier.Engine.Containers;
using Pier.Model;
using Pier.Store.Volumes;

namespace Pier.Engine.Mounts;

/// <summary>
/// The volumes and images of one container over its life: filled at its creation, mounted at its start, let go at its end.
/// </summary>
sealed class ContainerMounts(EngineParts parts)
{
    /// <summary>Snapshots that stand behind image mounts; the container's id comes first, so that they go with it.</summary>
    public static string ImageSnapshot(string id, int index) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{id}.{index}");

    /// <summary>
    /// Fills empty volumes with what the image has at their places, and keeps the layers of mounted images. The container's snapshot is
    /// made.
    /// </summary>
    public void Prepare(ContainerRecord record, IReadOnlyList<MountPlan> plans)
    {
        for (var i = 0; i < record.Mounts.Length; i++)
        {
            if (record.Mounts[i] is { Type: "image" } image)
                parts.Store.Snapshots.Prepare(ImageSnapshot(record.Id, i), parts.Store.Images.Resolve(image.Source).ChainId);
        }
        var copied = plans.Where(p => p.CopyUp).Select(p => p.Destination).ToHashSet();
        SafeFileHandle? root = null;
        try
        {
            foreach (var point in record.Mounts)
            {
                if (!copied.Contains(point.Destination))
                    continue;
                var content = parts.Volumes.Tree(parts.Volumes.Attach(point.Name!, record.Id));
                try
                {
                    if (!content.IsEmpty())
                        continue;
                    root ??= parts.Store.Snapshots.Mount(record.Id, readOnly: true);
                    content.CopyUp(root, point.Destination);
                }
                finally
                {
                    parts.Volumes.Detach(point.Name!, record.Id);
                }
            }
        }
        finally
        {
            root?.Dispose();
        }
    }

    /// <summary>Undoes <see cref="Prepare"/> for a creation that failed.</summary>
    public void Abandon(string id, int mounts)
    {
        for (var i = 0; i < mounts; i++)
            parts.Store.Snapshots.Remove(ImageSnapshot(id, i));
    }

    /// <summary>
    /// Makes volumes' contents visible, and opens the mounts that are not a plain path of the host, by destination. The caller closes them.
    /// </summary>
    public Dictionary<string, SafeFileHandle> Open(ContainerRecord record)
    {
        var opened = new Dictionary<string, SafeFileHandle>();
        try
        {
            for (var i = 0; i < record.Mounts.Length; i++)
            {
                var point = record.Mounts[i];
                var subpath = record.DetailOf(point).Subpath;
                if (point.Type == "volume")
                {
                    var path = parts.Volumes.Attach(point.Name!, record.Id);
                    // A plugin's place may be another one at every start.
                    if (subpath.Length > 0 || path != point.Source)
                        opened[point.Destination] = parts.Volumes.Tree(path).OpenSubpath(subpath, !point.RW);
                    Publish("mount", record, point, ("read/write", point.RW ? "true" : "false"));
                }
                else if (point.Type == "image")
                {
                    opened[point.Destination] = OpenImage(ImageSnapshot(record.Id, i), subpath);
                }
            }
            return opened;
        }
        catch
        {
            foreach (var handle in opened.Values)
                handle.Dispose();
            throw;
        }
    }

    /// <summary>The container does not run any more.</summary>
    public void Release(ContainerRecord record)
    {
        foreach (var point in record.Mounts)
        {
            if (point.Type != "volume")
                continue;
            parts.Volumes.Detach(point.Name!, record.Id);
            Publish("unmount", record, point);
        }
    }

    /// <summary>
    /// The container is removed: the snapshots of its image mounts go, and its anonymous volumes where asked for and unused.
    /// </summary>
    public void Remove(ContainerRecord record, bool volumes)
    {
        for (var i = 0; i < record.Mounts.Length; i++)
        {
            var point = record.Mounts[i];
            if (point.Type == "image")
                parts.Store.Snapshots.Remove(ImageSnapshot(record.Id, i));
            if (!volumes || point.Type != "volume" || !record.DetailOf(point).Anonymous)
                continue;
            try
            {
                parts.Volumes.Remove(point.Name!);
            }
            catch (EngineException e) when (e is ConflictException or NotFoundException)
            {
                // Another container took it by --volumes-from, or somebody removed it.
            }
        }
    }

    SafeFileHandle OpenImage(string snapshot, string subpath)
    {
        var root = parts.Store.Snapshots.Mount(snapshot, readOnly: true);
        if (subpath.Length == 0)
            return root;
        using (root)
            return VolumeStore.OpenSubpath(root, subpath, readOnly: true);
    }

    void Publish(string action, ContainerRecord record, MountPoint point, params ReadOnlySpan<(string Key, string Value)> more) =>
        parts.Volumes.Publish(
            action,
            parts.Volumes.Resolve(point.Name!),
            [("container", record.Id), ("destination", point.Destination), ("propagation", point.Propagation), .. more]
        );
}
