using Pier.Model;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Removes names, and the image with what only it used, by Docker's rules. <paramref name="users"/> tells which containers use an
    /// image. Throws <see cref="ConflictException"/> and <see cref="NotFoundException"/> with Docker's texts.
    /// </summary>
    public IReadOnlyList<RemovedImage> Remove(string reference, bool force, bool prune, Func<Digest, IReadOnlyList<ImageUser>> users) =>
        Border.Cross(() => RemoveByRules(reference, force, users));

    List<RemovedImage> RemoveByRules(string reference, bool force, Func<Digest, IReadOnlyList<ImageUser>> users)
    {
        var image = Resolve(reference);
        var removed = new List<RemovedImage>();
        var byName = !IsIdPrefix(image.Id, reference);
        if (byName)
        {
            if (!force && IsSingle(image) && users(image.Id) is [var user, ..])
                throw InUse(image, ImageReference.Parse(reference), user);
            Untag(image, NamesLike(image, ImageReference.Parse(reference).WithDefaultTag()), removed);
            if (HasNames(image.Id))
                return removed;
        }
        else if (IsSingle(image))
        {
            CheckUse(image, force, users, checkNames: false);
            Untag(image, [.. image.Tags, .. image.Digests], removed);
        }
        Delete(image, force, quiet: byName, users, removed);
        return removed;
    }

    void Delete(Image image, bool force, bool quiet, Func<Digest, IReadOnlyList<ImageUser>> users, List<RemovedImage> removed)
    {
        try
        {
            CheckUse(image, force, users, checkNames: true);
        }
        catch (ConflictException) when (quiet && users(image.Id).Count > 0)
        {
            // The name went with --force; the image stays, dangling, because a container uses it.
            return;
        }
        Untag(image, [.. Find(image.Id.ToString()) is { } now ? now.Tags.Concat(now.Digests) : []], removed);
        _catalog.Update(entries => [.. entries.Where(e => !IsOf(e, image.Id))]);
        _reader.Forget(image.ManifestDescriptor.Digest);
        removed.Add(new RemovedImage(null, image.Id.ToString()));
        removed.AddRange(Collect().Select(chain => new RemovedImage(null, chain.ToString())));
    }

    // Docker's image_delete.go: what a running container uses cannot be removed; what a stopped one uses, or has several names, only by
    // force.
    void CheckUse(Image image, bool force, Func<Digest, IReadOnlyList<ImageUser>> users, bool checkNames)
    {
        var all = users(image.Id);
        if (all.FirstOrDefault(u => u.Running) is { } running)
            throw Conflict(image, "cannot be forced", $"image is being used by running container {Ids.Short(running.ContainerId)}");
        if (force)
            return;
        if (checkNames && HasNames(image.Id))
            throw Conflict(image, "must be forced", "image is referenced in multiple repositories");
        if (all.FirstOrDefault() is { } stopped)
            throw Conflict(image, "must be forced", $"image is being used by stopped container {Ids.Short(stopped.ContainerId)}");
    }

    static ConflictException Conflict(Image image, string how, string why) =>
        new($"conflict: unable to delete {Ids.Short(image.Id.Hex)} ({how}) - {why}");

    static ConflictException InUse(Image image, ImageReference name, ImageUser user) =>
        new(
            $"conflict: unable to remove repository reference \"{name.Familiar}\" (must force) - "
                + $"container {Ids.Short(user.ContainerId)} is using its referenced image {Ids.Short(image.Id.Hex)}"
        );

    // With the last tag of a repository go its digest references.
    static List<ImageReference> NamesLike(Image image, ImageReference name)
    {
        if (name.Digest is not null)
            return [.. image.Digests.Where(d => d.Name == name.Name && d.Digest == name.Digest)];
        var names = image.Tags.Where(t => t == name).ToList();
        if (!image.Tags.Any(t => t.Name == name.Name && t != name))
            names.AddRange(image.Digests.Where(d => d.Name == name.Name));
        return names;
    }

    void Untag(Image image, IReadOnlyList<ImageReference> names, List<RemovedImage> removed)
    {
        if (names.Count == 0)
            return;
        var gone = names.Select(n => n.ToString()).ToHashSet();
        _catalog.Update(entries =>
        {
            var kept = entries.Where(e => ImageCatalog.NameOf(e) is not { } name || !gone.Contains(name)).ToList();
            if (!kept.Exists(e => IsOf(e, image.Id)))
                kept.Add(ImageCatalog.Entry(image.Target, null));
            return [.. kept];
        });
        removed.AddRange(names.Select(n => new RemovedImage(n.Familiar, null)));
    }

    bool IsOf(Descriptor entry, Digest id)
    {
        try
        {
            return _reader.Read(entry, Platform.Host).Id == id;
        }
        catch (EngineException)
        {
            return false;
        }
    }

    bool HasNames(Digest id) => ById(id) is { } image && image.Tags.Count + image.Digests.Count > 0;

    // At most one tag, and everything in one repository.
    static bool IsSingle(Image image)
    {
        if (image.Tags.Count + image.Digests.Count <= 1)
            return true;
        return image.Tags.Count <= 1 && image.Tags.Concat(image.Digests).Select(n => n.Name).Distinct().Count() == 1;
    }

    static bool IsIdPrefix(Digest id, string text) =>
        id.ToString().StartsWith(text, StringComparison.Ordinal) || id.Hex.StartsWith(text, StringComparison.Ordinal);

    /// <summary>
    /// Removes blobs and layers that no image, no container, no build and no lease needs; answers the chain ids of removed layers. As long
    /// as an image's documents are damaged nobody can say what it needs: everything stays.
    /// </summary>
    public IReadOnlyList<Digest> Collect() =>
        Border.Cross(() =>
        {
            // With the gate held no image can appear between the mark and the sweep; what is under way holds leases.
            lock (_catalog.Gate)
            {
                if (!_known.Damaged.IsEmpty)
                    return [];
                var (blobs, chains) = Mark();
                var layers = _snapshots.Collect(chain => chains.Contains(chain) || _content.IsLeased(chain));
                foreach (var blob in _content.All().Where(b => !blobs.Contains(b)).ToArray())
                    _content.Delete(blob);
                _content.DropOldPartials();
                return layers;
            }
        });

    (HashSet<Digest> Blobs, HashSet<Digest> Chains) Mark()
    {
        var (blobs, chains) = (new HashSet<Digest>(), new HashSet<Digest>());
        foreach (var entry in _catalog.Entries)
        {
            foreach (var descriptor in MarkTarget(entry, blobs))
            {
                if (_reader.Documents(descriptor) is { } documents)
                    chains.UnionWith(documents.Chains);
            }
        }
        _builds.Mark(blobs, chains);
        return (blobs, chains);
    }

    // Adds all that a target refers to; answers its manifests that are here.
    List<Descriptor> MarkTarget(Descriptor target, HashSet<Digest> blobs)
    {
        blobs.Add(target.Digest);
        if (!_content.Has(target.Digest))
            return [];
        var manifests = _reader.Manifests(target).Where(m => _content.Has(m.Digest)).ToList();
        foreach (var descriptor in manifests)
        {
            blobs.Add(descriptor.Digest);
            var manifest = ImageDocument.Manifest(_content.Read(descriptor.Digest), descriptor.MediaType);
            blobs.Add(manifest.Config.Digest);
            blobs.UnionWith(manifest.Layers.Select(l => l.Digest));
        }
        return manifests;
    }
}
