namespace Pier.Model.Builds;

/// <summary>The end of a directory's journey: the builder's store for a context, the client's disk for an output.</summary>
public interface IDirectoryReceiver
{
    /// <summary>
    /// Takes the next entry, parents before children. True when the content of this regular file is wanted; otherwise it is here already.
    /// Throws InvalidParameter for a path that leads out, or that does not follow its parent.
    /// </summary>
    bool Offer(FileEntry entry);

    /// <summary>Where the content of an entry goes that <see cref="Offer"/> wanted. Dispose it when the content is whole.</summary>
    Stream OpenContent(FileEntry entry);
}
