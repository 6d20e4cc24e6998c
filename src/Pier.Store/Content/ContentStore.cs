using Pier.Model;

namespace Pier.Store.Content;

/// <summary>Content by digest: the blobs of the OCI image layout. What is visible is whole and verified. Thread-safe.</summary>
public sealed class ContentStore
{
    public bool Has(Digest digest) => throw new NotImplementedException();

    /// <summary>Bytes of a blob, or null.</summary>
    public long? Size(Digest digest) => throw new NotImplementedException();

    /// <summary>Opens a blob; throws <see cref="NotFoundException"/>.</summary>
    public FileStream Open(Digest digest) => throw new NotImplementedException();

    /// <summary>Reads a whole small blob (at most <see cref="ImageDocument.MaxSize"/> bytes).</summary>
    public byte[] Read(Digest digest) => throw new NotImplementedException();

    /// <summary>Protects what is written or named through it from garbage collection until it is disposed.</summary>
    public ContentLease Lease() => throw new NotImplementedException();
}
