using Pier.Cli;
using Pier.Linux;
using Pier.Linux.Terminals;
using Pier.Model.Streams;

namespace Pier.Terminals;

/// <summary>A standard stream of the client: errors of the descriptor as the client knows them.</summary>
sealed class ClientStream(DescriptorStream stream) : ForwardStream
{
    public override bool CanRead => stream.CanRead;
    public override bool CanWrite => stream.CanWrite;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (LinuxException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (LinuxException e) when (e.Errno == Errno.EPIPE)
        {
            throw new BrokenOutput();
        }
        catch (LinuxException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
