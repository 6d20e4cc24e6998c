using Google.Protobuf;
using Pier.Contracts.BuildKit.Sessions;

namespace Pier.Cli.Builds.Sessions;

/// <summary>Bytes that are written go out as messages.</summary>
sealed class MessageStream(ServedCall call) : Stream
{
    // What writes archives is synchronous, on a thread of its own.
    public override void Write(ReadOnlySpan<byte> buffer) => call.WriteAsync(new BytesMessage { Data = ByteString.CopyFrom(buffer) }).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
