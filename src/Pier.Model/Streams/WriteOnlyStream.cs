namespace Pier.Model.Streams;

/// <summary>A stream that is written by spans and by nothing else.</summary>
public abstract class WriteOnlyStream : ForwardStream
{
    public abstract override void Write(ReadOnlySpan<byte> buffer);

    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public sealed override bool CanRead => false;
    public sealed override bool CanWrite => true;

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
