using Pier.Model;

namespace Pier.Store.Content;

/// <summary>Keeps content from being collected while an operation needs it: take a lease first, make an image refer to the content, dispose.</summary>
public sealed class ContentLease : IDisposable
{
    /// <summary>Protects a blob; false when it is not there.</summary>
    public bool Keep(Digest digest) => throw new NotImplementedException();

    /// <summary>Stores bytes and answers their descriptor.</summary>
    public Descriptor Write(ReadOnlySpan<byte> bytes, string mediaType) => throw new NotImplementedException();

    /// <summary>Copies a stream into a blob. Throws <see cref="InvalidParameterException"/> when it has not the expected digest or size; nothing is kept then.</summary>
    public Descriptor Write(Stream content, string mediaType, Digest? expected = null, long? size = null, CancellationToken ct = default) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
