using Google.Protobuf;
using Pier.Cli.Transport;
using Pier.Contracts.BuildKit.Sessions;
using Pier.Model.Streams;

namespace Pier.Cli.Builds.Sessions;

/// <summary>Bytes that are written go out as messages.</summary>
sealed class MessageStream(ServedCall call) : WriteOnlyStream
{
    // What writes archives is synchronous, on a thread of its own.
    public override void Write(ReadOnlySpan<byte> buffer) =>
        call.WriteAsync(new BytesMessage { Data = ByteString.CopyFrom(buffer) }).AsTask().GetAwaiter().GetResult();

    public override void Flush() { }
}
