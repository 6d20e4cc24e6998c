using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;
using Pier.Supervisor.Server;

namespace Pier.Supervisor.Attach;

/// <summary>What an attached client wants.</summary>
sealed record AttachWish(bool Stdin, bool Stdout, bool Stderr, DetachKeys? DetachKeys);

/// <summary>Where an attachment's input goes and who hears of its state.</summary>
interface IAttachmentOwner
{
    /// <summary>Multiplexed frames are for pipes, a terminal's output is sent raw.</summary>
    bool Tty { get; }

    /// <summary>False while earlier input still waits.</summary>
    bool TakesInput { get; }

    /// <summary>Takes input.</summary>
    void Input(ReadOnlySpan<byte> bytes);

    /// <summary>The client's input has ended, or it typed the detach keys.</summary>
    void InputEnded(Attachment attachment, bool detached);

    /// <summary>The buffer fell below its limit again, or the attachment is gone.</summary>
    void Relieved(Attachment attachment);

    /// <summary>The attachment is closed.</summary>
    void Closed(Attachment attachment);
}

/// <summary>
/// One attached client: a stream socket that carries output in Docker's frames ([stream, 0, 0, 0, length as 32-bit big-endian], then the
/// bytes) or raw, and
/// input raw. It never blocks the loop: what the client does not take waits in a bounded buffer, and then the process' output waits.
/// </summary>
sealed class Attachment : IReadinessHandler
{
    /// <summary>More than this in the buffer and the process' output is not read any more.</summary>
    public const int Limit = 1 << 20;

    const int HeaderSize = 8,
        Piece = 32 << 10;

    readonly SafeFileHandle _socket;
    readonly AttachWish _wish;
    readonly Scratch _scratch;
    readonly Watch _watch;
    readonly OutgoingBuffer _buffer = new();
    IAttachmentOwner? _owner;
    bool _inputEnded,
        _finishing,
        _closed;

    /// <summary>Waits for <see cref="Connect"/>, without reading input, when there is no process yet.</summary>
    public Attachment(EventLoop loop, SafeFileHandle socket, AttachWish wish, Scratch scratch)
    {
        Descriptor.SetNonBlocking(socket);
        (_socket, _wish, _scratch) = (socket, wish, scratch);
        // Error stands for "only what is told anyway": a client that goes away before there is a process hangs up.
        _watch = loop.Add(socket, Readiness.Error, this);
    }

    /// <summary>The client is behind: the process' output has to wait.</summary>
    public bool Full => _buffer.Count > Limit;

    /// <summary>Called when an attachment is closed before it was connected.</summary>
    public Action<Attachment>? Abandoned { get; set; }

    /// <summary>Begins to carry streams.</summary>
    public void Connect(IAttachmentOwner owner)
    {
        _owner = owner;
        Update();
    }

    /// <summary>Delivers output of a stream (0: stdout, 1: stderr).</summary>
    public void Deliver(int stream, ReadOnlySpan<byte> bytes)
    {
        if (_closed || _finishing || !(stream == 0 ? _wish.Stdout : _wish.Stderr))
            return;
        if (_owner!.Tty)
        {
            Send(bytes);
            return;
        }
        while (!bytes.IsEmpty && !_closed)
        {
            var piece = bytes[..Math.Min(bytes.Length, Piece)];
            var frame = _scratch.Frame.AsSpan(0, HeaderSize + piece.Length);
            frame[..HeaderSize].Clear();
            frame[0] = (byte)(stream + 1);
            BinaryPrimitives.WriteInt32BigEndian(frame[4..], piece.Length);
            piece.CopyTo(frame[HeaderSize..]);
            Send(frame);
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>No more output: what waits is still delivered, then the client reads the end.</summary>
    public void Finish()
    {
        if (_closed || _finishing)
            return;
        _finishing = true;
        if (_buffer.Count == 0)
            UnixSocket.ShutdownSend(_socket);
        Update();
    }

    /// <summary>Stdin takes input again.</summary>
    public void ResumeInput() => Update();

    /// <summary>Closes at once.</summary>
    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _watch.End();
        _socket.Dispose();
        if (_owner is null)
            Abandoned?.Invoke(this);
        _owner?.Closed(this);
    }

    public void OnReady(Readiness events)
    {
        if ((events & Readiness.Out) != 0 && !Flush())
            return;
        if ((events & Readiness.In) != 0)
            Read();
        else if ((events & (Readiness.HangUp | Readiness.Error)) != 0)
            GoneAway();
    }

    void GoneAway()
    {
        EndInput(false);
        Close();
    }

    bool Flush()
    {
        var wasFull = Full;
        if (!_buffer.Flush(_socket))
        {
            GoneAway();
            return false;
        }
        if (_finishing && _buffer.Count == 0)
            UnixSocket.ShutdownSend(_socket);
        if (wasFull && !Full)
            _owner?.Relieved(this);
        Update();
        return true;
    }

    void Send(ReadOnlySpan<byte> bytes)
    {
        if (!_buffer.Send(_socket, bytes))
            GoneAway();
        else
            Update();
    }

    void Read()
    {
        var input = _scratch.Input;
        var read = Pipe.Read(_socket, input);
        if (read.WouldBlock)
            return;
        if (read.Ended)
        {
            if (read.Errno != 0)
                GoneAway();
            else
                EndInput(false);
            return;
        }
        if (_finishing || _inputEnded || !_wish.Stdin)
            return; // dropped: it only has to be read so that the client is not reset
        var bytes = input.AsSpan(0, read.Count);
        var detached = false;
        if (_wish.DetachKeys is { } keys)
        {
            var length = keys.Filter(bytes, _scratch.Typed, out detached);
            bytes = _scratch.Typed.AsSpan(0, length);
        }
        if (!bytes.IsEmpty)
            _owner!.Input(bytes);
        if (detached)
            EndInput(true);
        else
            Update();
    }

    void EndInput(bool detached)
    {
        if (_inputEnded)
            return;
        _inputEnded = true;
        if (_wish.Stdin)
            _owner?.InputEnded(this, detached);
        Update();
    }

    void Update()
    {
        if (_closed)
            return;
        // Input that is not wanted is read too: unread bytes would turn the end of the stream into a reset for the client.
        var reads = _owner is not null && !_inputEnded && (_finishing || !_wish.Stdin || _owner.TakesInput);
        _watch.Events = (reads ? Readiness.In : Readiness.Error) | (_buffer.Count > 0 ? Readiness.Out : Readiness.None);
    }
}
