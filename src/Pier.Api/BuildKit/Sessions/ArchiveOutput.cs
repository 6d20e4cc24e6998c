using Google.Protobuf;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Sessions;
using Pier.Contracts.Grpc;
using Pier.Engine.Builds.Sessions;
using Pier.Model;
using Pier.Model.Streams;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>An archive that goes to the client as a stream of bytes; the client closes when it has it all.</summary>
sealed class ArchiveOutput : IBuildOutput
{
    /// <summary>Below every gRPC implementation's limit of 4 MiB a message.</summary>
    const int MessageSize = 1 << 20;

    readonly GrpcStreams _streams;

    public ArchiveOutput(GrpcStreams streams)
    {
        _streams = streams;
        Stream = new BufferedStream(new Sink(streams), MessageSize);
    }

    public Stream Stream { get; }

    public async Task CompleteAsync(CancellationToken ct)
    {
        await Stream.FlushAsync(ct);
        await _streams.CompleteWritesAsync();
        try
        {
            while (await _streams.ReadAsync(BytesMessage.Parser).AsTask().WaitAsync(ct) is not null)
            {
                // Nothing is expected, its end is.
            }
        }
        catch (GrpcException e)
        {
            throw new HostFailureException($"the client did not take the build's output: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync() => _streams.DisposeAsync();

    sealed class Sink(GrpcStreams streams) : ForwardStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                for (; !buffer.IsEmpty; buffer = buffer[Math.Min(MessageSize, buffer.Length)..])
                    await streams.WriteAsync(
                        new BytesMessage { Data = ByteString.CopyFrom(buffer.Span[..Math.Min(MessageSize, buffer.Length)]) }
                    );
            }
            catch (GrpcException e)
            {
                throw new IOException(e.Message, e);
            }
        }

        // The store's archive writers are synchronous, on threads of their own.
        public override void Write(byte[] buffer, int offset, int count) =>
            WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override bool CanRead => false;
        public override bool CanWrite => true;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
