using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Pier.Doors;

/// <summary>
/// A connected socket as the two pipes that Kestrel wants. A connection that waits holds no memory for bytes.
/// </summary>
sealed class SocketConnection : DefaultConnectionContext, IConnectionSocketFeature
{
    /// <summary>What may wait for its reader before the client has to: a few large blocks, for however many clients.</summary>
    const int InputThreshold = 256 << 10;

    /// <summary>What may wait for the client before the engine has to.</summary>
    const int OutputThreshold = 1 << 20;

    /// <summary>
    /// What an answer takes at a time. In blocks of a page a large one is more than the shared pool keeps, and makes garbage of the rest.
    /// </summary>
    const int OutputBlock = 32 << 10;

    static readonly PipeOptions InputOptions = Options(InputThreshold, 4 << 10),
        OutputOptions = Options(OutputThreshold, OutputBlock);

    readonly SocketInput _input;
    readonly Pipe _output = new(OutputOptions);
    readonly Lock _gate = new();
    Task _receiving = Task.CompletedTask,
        _sending = Task.CompletedTask;
    bool _ended;

    SocketConnection(Socket socket, long number)
        : base(number.ToString("x", null))
    {
        Socket = socket;
        _input = new SocketInput(socket, InputOptions);
        Transport = new Pipes(_input, _output.Writer);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _input.Closed;
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set(_input);
    }

    public Socket Socket { get; }

    public static SocketConnection Start(Socket socket, long number)
    {
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        var connection = new SocketConnection(socket, number);
        connection._receiving = connection._input.RunAsync();
        connection._sending = connection.SendAsync();
        return connection;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Close();
        _output.Reader.CancelPendingRead();
    }

    /// <summary>Kestrel's goodbye: what is in the pipe is sent before the socket is closed.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _output.Writer.CompleteAsync();
        await _sending;
        await _receiving;
        await base.DisposeAsync();
    }

    // The shared pool gives back to the collector what is not used for a while.
    static PipeOptions Options(int threshold, int block) =>
        new(
            MemoryPool<byte>.Shared,
            PipeScheduler.ThreadPool,
            PipeScheduler.ThreadPool,
            threshold,
            threshold / 2,
            minimumSegmentSize: block,
            useSynchronizationContext: false
        );

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
            error = SocketErrors.Translate(e);
        }
        Close();
        await _output.Reader.CompleteAsync(error);
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
    void Close()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
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
        _input.Stop();
    }

    sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
