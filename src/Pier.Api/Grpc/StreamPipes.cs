using System.IO.Pipelines;

namespace Pier.Api.Grpc;

/// <summary>A stream as the two pipes that Kestrel wants. Their ends do not close the stream.</summary>
sealed class StreamPipes(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
}
