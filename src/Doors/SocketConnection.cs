using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Pier.Doors;

/// <summary>
/// A connected socket as the two pipes that Kestrel wants. Each read takes what has arrived, up to <see cref="LargestBlock"/>; a connection
/// that waits holds no memory for bytes.
/// </summary>
sealed class SocketConnection : DefaultConnectionContext, IConnectionSocketFeature
{
    /// <summary>A request's head, or an answer's, fits.</summary>
    const int SmallestBlock = 4 << 10;

    /// <summary>More is no faster, and would be a large object to the garbage collector.</summary>
    const int LargestBlock = 64 << 10;

    /// <summary>What may wait in a direction before the other side has to.</summary>
    const int Threshold = 1 << 20;

    // The shared pool gives back to the collector what is not used for a while.
    static readonly PipeOptions PipeOptions = new(
        MemoryPool<byte>.Shared,
        PipeScheduler.ThreadPool,
        PipeScheduler.ThreadPool,
        Threshold,
        Threshold / 2,
        SmallestBlock,
        useSynchronizationContext: false
    );

    readonly Pipe _input = new(PipeOptions);
    readonly Pipe _output = new(PipeOptions);

    // Never disposed: an end may be told after the goodbye.
    readonly CancellationTokenSource _closed = new();
    readonly Lock _gate = new();
    Task _receiving = Task.CompletedTask,
        _sending = Task.CompletedTask;
    Exception? _end;

    SocketConnection(Socket socket, long number)
        : base(number.ToString("x", null))
    {
        Socket = socket;
        Transport = new Pipes(_input.Reader, _output.Writer);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Features.Set<IConnectionSocketFeature>(this);
    }

    public Socket Socket { get; }

    public static SocketConnection Start(Socket socket, long number)
    {
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        var connection = new SocketConnection(socket, number);
        connection._receiving = connection.ReceiveAsync();
        connection._sending = connection.SendAsync();
        return connection;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Close(abortReason);
        _output.Reader.CancelPendingRead();
    }

    /// <summary>Kestrel's goodbye: what is in the pipe is sent before the socket is closed.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.Writer.CompleteAsync();
        await _sending;
        await _receiving;
        await base.DisposeAsync();
    }

    async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            FlushResult flushed;
            do
            {
                // Waits until there is something, or the end, and takes nothing.
                await Socket.ReceiveAsync(Memory<byte>.Empty);
                var block = _input.Writer.GetMemory(Math.Clamp(Socket.Available, SmallestBlock, LargestBlock));
                var count = await Socket.ReceiveAsync(block);
                if (count == 0)
                    break;
                _input.Writer.Advance(count);
                flushed = await _input.Writer.FlushAsync();
            } while (!flushed.IsCompleted && !flushed.IsCanceled);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            error = Translate(e);
        }
        await _input.Writer.CompleteAsync(_end ?? error);
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    async Task SendAsync()
    {
        Exception? error = null;
        try
        {
            ReadResult read;
            do
            {
                read = await _output.Reader.ReadAsync();
                if (read.IsCanceled)
                    break;
                await SendAsync(read.Buffer);
                _output.Reader.AdvanceTo(read.Buffer.End);
            } while (!read.IsCompleted);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            error = Translate(e);
        }
        Close(error ?? new ConnectionAbortedException("the connection was closed by the engine"));
        await _output.Reader.CompleteAsync(error);
        _input.Writer.CancelPendingFlush();
    }

    async ValueTask SendAsync(ReadOnlySequence<byte> bytes)
    {
        if (!bytes.IsSingleSegment)
        {
            await Socket.SendAsync(Gather(bytes));
            return;
        }
        for (var rest = bytes.First; !rest.IsEmpty; )
            rest = rest[await Socket.SendAsync(rest)..];
    }

    static List<ArraySegment<byte>> Gather(ReadOnlySequence<byte> bytes)
    {
        var blocks = new List<ArraySegment<byte>>();
        foreach (var block in bytes)
            blocks.Add(MemoryMarshal.TryGetArray(block, out var array) ? array : block.ToArray());
        return blocks;
    }

    /// <summary>Closes both directions, once; what waits on the socket fails.</summary>
    void Close(Exception reason)
    {
        lock (_gate)
        {
            if (_end is not null)
                return;
            _end = reason;
            try
            {
                // An end, and no reset that would take what the client has not received yet (decision 0038).
                Socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // It has no other end any more.
            }
            Socket.Dispose();
        }
    }

    static Exception Translate(Exception error) =>
        error switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted } e =>
                new ConnectionResetException(e.Message, e),
            SocketException { SocketErrorCode: SocketError.OperationAborted } or ObjectDisposedException => new ConnectionAbortedException(
                "the connection was closed",
                error
            ),
            _ => new IOException(error.Message, error),
        };

    sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
