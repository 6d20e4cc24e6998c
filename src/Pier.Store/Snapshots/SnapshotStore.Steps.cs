using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Tar;

namespace Pier.Store.Snapshots;

public sealed partial class SnapshotStore
{
    /// <summary>
    /// Begins a writable tree over a stack of layers (null: over nothing) that may become one more layer. A lease must hold the stack. With
    /// <paramref name="places"/> it is a tree for a process: with a container's mount points, and with these places to mount at, none of
    /// which becomes a part of the layer. Null is a tree for files alone.
    /// </summary>
    public StepTree BeginStep(Digest? chainId, IReadOnlyList<MountPlace>? places = null) =>
        Border.Cross(() =>
        {
            var stack = places is null ? Stack(chainId) : EnsureMountPoints(chainId);
            var directory = NewStaging();
            try
            {
                if (places is { Count: > 0 })
                    stack = [MakePlaces(directory, stack, places), .. stack];
                _driver.PrepareContainer(directory, stack);
                return new StepTree(this, directory, stack, chainId);
            }
            catch
            {
                _trash.Throw(directory);
                throw;
            }
        });

    /// <summary>A stack of layers (null: nothing), read-only, as a detached mount. A lease must hold it until the mount is made.</summary>
    public SafeFileHandle ViewLayers(Digest? chainId) => Border.Cross(() => _driver.View(Stack(chainId)));

    // A layer that is made of it is brought to the disk by LayerSync: not even what the step's own processes sync has to be there before.
    internal SafeFileHandle Mount(StepTree step, SafeFileHandle? idMap) =>
        Border.Cross(() => _driver.Mount(step.Directory, step.Stack, readOnly: false, passing: true, idMap));

    internal void Discard(StepTree step) => _trash.Throw(step.Directory);

    /// <summary>Writes the layer's blob and keeps the tree itself as the unpacked layer. Null when nothing changed.</summary>
    internal (Descriptor Blob, Digest DiffId)? Commit(
        StepTree step,
        ContentLease lease,
        FileTime? latest,
        Func<Digest, Digest?, LayerRecord> unpack,
        CancellationToken ct
    ) =>
        Border.Cross(() =>
        {
            var (exact, size) = (false, 0L);
            var blob = lease.Write(
                output =>
                {
                    var tar = new TarWriter(output, latest);
                    // Files that are younger in the tree than in the layer would be so in every container.
                    exact = _driver.WriteLayer(step.Directory, step.Stack, tar, ct) && !tar.HasChangedTimes;
                    size = tar.Bytes;
                },
                MediaTypes.OciLayerTar,
                durable: false
            );
            if (blob.Digest == Images.ImageStore.EmptyTar)
                return ((Descriptor, Digest)?)null;
            var chain = ChainId.Of(step.Parent, blob.Digest);
            lease.Hold(chain);
            if (Has(chain))
                return (blob, blob.Digest);
            if (exact)
                TakeWritable(step, blob.Digest, size);
            else
                unpack(blob.Digest, step.Parent);
            return (blob, blob.Digest);
        });

    void TakeWritable(StepTree step, Digest diffId, long size)
    {
        using var staged = new StagedLayer(_trash, NewStaging()) { DiffId = diffId, Size = size };
        At.Rename(At.WorkingDirectory, _driver.Writable(step.Directory), At.WorkingDirectory, staged.Diff);
        Commit(staged, step.Parent);
    }

    // The places lie in a layer of their own below the writable one: what is made for a mount needs no removal afterwards.
    string MakePlaces(string directory, string[] stack, IReadOnlyList<MountPlace> places)
    {
        var below = Path.Combine(directory, "places");
        var staging = NewStaging();
        try
        {
            _driver.PrepareContainer(staging, stack);
            using (var mount = _driver.Mount(staging, stack, readOnly: false, passing: true))
            {
                foreach (var place in places)
                    MountPoints.Make(mount, place);
            }
            Directory.CreateDirectory(below);
            At.Rename(At.WorkingDirectory, _driver.Writable(staging), At.WorkingDirectory, Path.Combine(below, "diff"));
            return below;
        }
        finally
        {
            _trash.Throw(staging);
        }
    }

    string NewStaging()
    {
        var staging = Path.Combine(_layout.SnapshotStaging(_driver.Name), Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(staging);
        return staging;
    }
}
