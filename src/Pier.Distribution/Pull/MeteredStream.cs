using Pier.Model.Streams;

namespace Pier.Distribution.Pull;

/// <summary>Tells how far a stream was read.</summary>
sealed class MeteredStream(Stream inner, Action<long> reached) : ReadOnlyStream
{
    long _position;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        reached(_position += read);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }
}
