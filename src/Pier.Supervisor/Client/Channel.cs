using Microsoft.Win32.SafeHandles;
using Pier.Linux.Sockets;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Client;

/// <summary>An answer to a request.</summary>
sealed record Answer(
    ReplyStatus Status,
    string? Text,
    int First,
    int Second,
    SafeFileHandle? Descriptor,
    IReadOnlyList<SupervisedProcess> Items
);

/// <summary>
/// One connection: requests out, answers and exits in. A thread of its own reads; when the connection is lost every open request fails.
/// </summary>
sealed class Channel : IDisposable
{
    readonly SafeFileHandle _socket;
    readonly Action<SupervisedExit> _exited;
    readonly Lock _lock = new();
    readonly Dictionary<int, (TaskCompletionSource<Answer> Done, List<SupervisedProcess> Items)> _open = [];
    int _lastRequest;
    bool _lost;

    public Channel(SafeFileHandle socket, Action<SupervisedExit> exited, Action<Channel> lost)
    {
        (_socket, _exited) = (socket, exited);
        new Thread(() =>
        {
            Read();
            Lose();
            lost(this);
        })
        {
            IsBackground = true,
            Name = "supervisor channel",
        }.Start();
    }

    /// <summary>
    /// Sends a request; the task fails with <see cref="SupervisorError.Lost"/> when the connection is lost before the answer.
    /// </summary>
    public Task<Answer> Ask(MessageKind kind, Action<MessageWriter> body, params ReadOnlySpan<SafeFileHandle> descriptors)
    {
        var done = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        int request;
        lock (_lock)
        {
            if (_lost)
                return Task.FromException<Answer>(Gone());
            request = ++_lastRequest;
            _open[request] = (done, []);
        }
        var message = new MessageWriter().Byte((byte)kind).Int(request);
        body(message);
        lock (_socket)
        {
            if (_socket.IsClosed)
                return done.Task; // lost just now: the task has failed or is about to
            while (descriptors.Length > SocketMessage.MaxDescriptors)
            {
                var carrier = new MessageWriter().Byte((byte)MessageKind.Descriptors).Int(0);
                SocketMessage.Send(_socket, carrier.Written, descriptors[..SocketMessage.MaxDescriptors]);
                descriptors = descriptors[SocketMessage.MaxDescriptors..];
            }
            SocketMessage.Send(_socket, message.Written, descriptors); // a lost connection is the reader's business
        }
        return done.Task;
    }

    public void Dispose()
    {
        lock (_socket)
            if (!_socket.IsClosed)
                UnixSocket.Shutdown(_socket);
    }

    static SupervisorException Gone() => new(SupervisorError.Lost, "the connection to the supervisor was lost");

    void Read()
    {
        var buffer = new byte[Wire.MaxMessage];
        var descriptors = new List<SafeFileHandle>();
        while (true)
        {
            descriptors.Clear();
            var received = SocketMessage.Receive(_socket, buffer, descriptors);
            if (received.Count == 0)
                return;
            var reader = new MessageReader(buffer.AsSpan(0, received.Count));
            try
            {
                Take(ref reader, descriptors);
            }
            catch (InvalidDataException)
            {
                return;
            }
        }
    }

    void Take(ref MessageReader reader, List<SafeFileHandle> descriptors)
    {
        var kind = (MessageKind)reader.Byte();
        var request = reader.Int();
        switch (kind)
        {
            case MessageKind.Exited:
                var key = reader.Text();
                _exited(Exit(key, reader.Exit()!)!);
                break;
            case MessageKind.Item:
                var item = Item(ref reader);
                lock (_lock)
                    if (_open.TryGetValue(request, out var listing))
                        listing.Items.Add(item);
                break;
            case MessageKind.Reply:
                (TaskCompletionSource<Answer> Done, List<SupervisedProcess> Items) asked;
                lock (_lock)
                    if (!_open.Remove(request, out asked))
                        break;
                asked.Done.SetResult(
                    new Answer(
                        (ReplyStatus)reader.Byte(),
                        reader.TextOrNull(),
                        reader.Int(),
                        reader.Int(),
                        descriptors.Count > 0 ? descriptors[0] : null,
                        asked.Items
                    )
                );
                break;
        }
    }

    static SupervisedProcess Item(ref MessageReader reader)
    {
        var (key, pid, launched) = (reader.Text(), reader.Int(), reader.Long());
        return new SupervisedProcess(key, pid, new DateTime(launched, DateTimeKind.Utc), Exit(key, reader.Exit()));
    }

    static SupervisedExit? Exit(string key, EntryExit? exit) =>
        exit is null ? null : new SupervisedExit(key, exit.Code, exit.Signal, exit.At, exit.OutOfMemory);

    void Lose()
    {
        TaskCompletionSource<Answer>[] open;
        lock (_lock)
        {
            _lost = true;
            open = [.. _open.Values.Select(o => o.Done)];
            _open.Clear();
        }
        lock (_socket)
            _socket.Dispose();
        foreach (var done in open)
            done.TrySetException(Gone());
    }
}
