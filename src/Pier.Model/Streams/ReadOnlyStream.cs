namespace Pier.Model.Streams;

/// <summary>A stream that is read by spans and by nothing else.</summary>
public abstract class ReadOnlyStream : ForwardStream
{
    public abstract override int Read(Span<byte> buffer);

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public sealed override bool CanRead => true;
    public sealed override bool CanWrite => false;

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
