using Microsoft.Win32.SafeHandles;
using Pier.Model;

namespace Pier.Store.Contexts;

/// <summary>The content of a file on its way into the tree.</summary>
sealed class ContextContent(SafeFileHandle file, Action arrived) : Stream
{
    long _length;
    bool _done;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            RandomAccess.Write(file, buffer, _length);
            _length += buffer.Length;
        }
        catch (IOException e)
        {
            throw new HostFailureException(e.Message, e);
        }
    }

    public override void Flush() { }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_done)
        {
            _done = true;
            arrived();
        }
        base.Dispose(disposing);
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => _length;
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
