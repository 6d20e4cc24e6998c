namespace Pier.Model.Streams;

/// <summary>A stream without a position: what of <see cref="Stream"/> only a file has is refused.</summary>
public abstract class ForwardStream : Stream
{
    public sealed override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();
}
