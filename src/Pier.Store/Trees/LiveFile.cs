using Microsoft.Win32.SafeHandles;
using Pier.Model.Streams;
using Pier.Store.Layers;

namespace Pier.Store.Trees;

/// <summary>
/// A file that may shrink while it is read: its header was written already, so zeros stand for what went away (as GNU tar does).
/// </summary>
sealed class LiveFile(SafeFileHandle file) : ReadOnlyStream
{
    long _at;

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file, buffer, _at);
        if (read == 0)
        {
            buffer.Clear();
            read = buffer.Length;
        }
        _at += read;
        return read;
    }
}
