using Pier.Model;

namespace Pier.Store.Content;

/// <summary>
/// Keeps content from being collected while an operation needs it: take a lease first, make an image refer to the content, dispose.
/// Leases live in memory: one process has the root, and what it had not finished when it died is garbage.
/// </summary>
public sealed class ContentLease : IDisposable
{
    readonly ContentStore _store;
    readonly HashSet<Digest> _held = [];

    internal ContentLease(ContentStore store) => _store = store;

    /// <summary>Protects a blob; false when it is not there.</summary>
    public bool Keep(Digest digest)
    {
        Hold(digest);
        return _store.Has(digest);
    }

    /// <summary>Stores bytes and answers their descriptor.</summary>
    public Descriptor Write(ReadOnlySpan<byte> bytes, string mediaType) => Write(bytes, mediaType, durable: true);

    /// <summary>The same for one of several blobs: it is durable after <see cref="ContentStore.Settle"/>.</summary>
    internal Descriptor WriteLater(ReadOnlySpan<byte> bytes, string mediaType) => Write(bytes, mediaType, durable: false);

    Descriptor Write(ReadOnlySpan<byte> bytes, string mediaType, bool durable)
    {
        var digest = Digest.Of(bytes);
        if (Keep(digest) && _store.Size(digest) == bytes.Length)
            return new Descriptor
            {
                MediaType = mediaType,
                Digest = digest,
                Size = bytes.Length,
            };
        var (content, length) = (new MemoryStream(bytes.ToArray(), writable: false), bytes.Length);
        return Border.Cross(() => _store.Ingest(this, content, mediaType, digest, length, CancellationToken.None, durable));
    }

    /// <summary>
    /// Copies a stream into a blob. Throws <see cref="InvalidParameterException"/> when it has not the expected digest or size; nothing is
    /// kept then.
    /// </summary>
    public Descriptor Write(Stream content, string mediaType, Digest? expected = null, long? size = null, CancellationToken ct = default) =>
        Border.Cross(() => _store.Ingest(this, content, mediaType, expected, size, ct));

    /// <summary>
    /// The same as <see cref="Write(Stream, string, Digest?, long?, CancellationToken)"/>, durable after <see cref="ContentStore.Settle"/>.
    /// </summary>
    internal Descriptor WriteLater(Stream content, string mediaType, Digest? expected, long? size, CancellationToken ct) =>
        Border.Cross(() => _store.Ingest(this, content, mediaType, expected, size, ct, durable: false));

    /// <summary>
    /// A blob to be filled from the network, holding already what an earlier transfer of it left. The lease holds the blob as soon as it is
    /// complete.
    /// </summary>
    public PartialBlob Resume(Descriptor content)
    {
        Hold(content.Digest);
        return Border.Cross(() => _store.Resume(content));
    }

    /// <summary>Stores what an operation writes.</summary>
    internal Descriptor Write(Action<Stream> write, string mediaType, bool durable = true) =>
        Border.Cross(() => _store.Ingest(this, write, mediaType, durable));

    /// <summary>What it holds now.</summary>
    internal Digest[] Held
    {
        get
        {
            lock (_held)
                return [.. _held];
        }
    }

    internal void Hold(Digest digest)
    {
        lock (_held)
        {
            if (_held.Add(digest))
                _store.Hold(digest);
        }
    }

    public void Dispose()
    {
        lock (_held)
        {
            foreach (var digest in _held)
                _store.Release(digest);
            _held.Clear();
        }
    }
}
