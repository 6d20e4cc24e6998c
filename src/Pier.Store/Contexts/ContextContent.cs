using Microsoft.Win32.SafeHandles;
using Pier.Model;
using Pier.Model.Streams;

namespace Pier.Store.Contexts;

/// <summary>The content of a file on its way into the tree.</summary>
sealed class ContextContent(SafeFileHandle file, Action arrived) : WriteOnlyStream
{
    long _length;
    bool _done;

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

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_done)
        {
            _done = true;
            arrived();
        }
        base.Dispose(disposing);
    }

    public override long Length => _length;
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }
}
