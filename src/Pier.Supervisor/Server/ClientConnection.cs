using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Server;

/// <summary>
/// A connected client. What it does not read in time is queued up to a bound; then it is dropped, and lists again when it is back.
/// </summary>
sealed class ClientConnection : IReadinessHandler
{
    const int MaxQueued = 1 << 16,
        MaxDescriptors = 1100;

    readonly SafeFileHandle _socket;
    readonly Watch _watch;
    readonly RequestHandler _handler;
    readonly byte[] _buffer;
    readonly Queue<(byte[] Bytes, SafeFileHandle? Descriptor)> _queue = new();
    readonly List<SafeFileHandle> _descriptors = [];

    public ClientConnection(EventLoop loop, SafeFileHandle socket, RequestHandler handler, byte[] buffer)
    {
        (_socket, _handler, _buffer) = (socket, handler, buffer);
        _watch = loop.Add(socket, Readiness.In, this);
    }

    /// <summary>Set by Hello.</summary>
    public bool Greeted { get; set; }

    /// <summary>Wants to hear of exits.</summary>
    public bool Subscribed { get; set; }

    public bool IsClosed { get; private set; }

    /// <summary>Takes the descriptors that came with the request and with those before it.</summary>
    public SafeFileHandle[] TakeDescriptors()
    {
        SafeFileHandle[] taken = [.. _descriptors];
        _descriptors.Clear();
        return taken;
    }

    public void OnReady(Readiness events)
    {
        if ((events & Readiness.Out) != 0)
            Flush();
        if ((events & (Readiness.In | Readiness.HangUp | Readiness.Error)) != 0 && !IsClosed)
            Read();
    }

    /// <summary>Answers a request; takes the descriptor over.</summary>
    public void Reply(
        int request,
        ReplyStatus status,
        string? text = null,
        int first = 0,
        int second = 0,
        SafeFileHandle? descriptor = null
    ) => Send(Begin(MessageKind.Reply, request).Byte((byte)status).Text(text).Int(first).Int(second), descriptor);

    /// <summary>One line of a list.</summary>
    public void Item(int request, EntryRecord record, EntryExit? exit) =>
        Send(Begin(MessageKind.Item, request).Text(record.Key).Int(record.Pid).Long(record.LaunchedAt.Ticks).Exit(exit), null);

    /// <summary>Tells of an exit.</summary>
    public void Exited(string key, EntryExit exit) => Send(Begin(MessageKind.Exited, 0).Text(key).Exit(exit), null);

    public void Close()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        _watch.End();
        _socket.Dispose();
        foreach (var fd in _descriptors)
            fd.Dispose();
        while (_queue.TryDequeue(out var left))
            left.Descriptor?.Dispose();
        _handler.Closed(this);
    }

    static MessageWriter Begin(MessageKind kind, int request) => new MessageWriter().Byte((byte)kind).Int(request);

    void Read()
    {
        var received = SocketMessage.Receive(_socket, _buffer, _descriptors, wait: false);
        if (received.WouldBlock)
            return;
        if (received.Count == 0 || _descriptors.Count > MaxDescriptors)
        {
            Close();
            return;
        }
        try
        {
            _handler.Handle(this, _buffer.AsSpan(0, received.Count));
        }
        catch (InvalidDataException)
        {
            Close(); // it speaks another language
        }
    }

    void Send(MessageWriter message, SafeFileHandle? descriptor)
    {
        if (IsClosed)
        {
            descriptor?.Dispose();
            return;
        }
        _queue.Enqueue((message.Written.ToArray(), descriptor));
        if (_queue.Count > MaxQueued)
            Close();
        else
            Flush();
    }

    void Flush()
    {
        while (_queue.TryPeek(out var next))
        {
            var sent = next.Descriptor is { } fd
                ? SocketMessage.Send(_socket, next.Bytes, [fd], wait: false)
                : SocketMessage.Send(_socket, next.Bytes, wait: false);
            if (sent.WouldBlock)
                break;
            if (sent.Count == 0)
            {
                Close();
                return;
            }
            _queue.Dequeue();
            next.Descriptor?.Dispose();
        }
        _watch.Events = _queue.Count > 0 ? Readiness.In | Readiness.Out : Readiness.In;
    }
}
