using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Pty;
using Pier.Linux.Sockets;
using Pier.Supervisor.Attach;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Keeper;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Server;

/// <summary>Does what clients ask.</summary>
sealed class RequestHandler(EventLoop loop, EntryTable table, LaunchPool pool, StateDirectory state, KeeperLink link, Scratch scratch)
{
    readonly List<ClientConnection> _clients = [];

    /// <summary>A client asked to end and nothing lives.</summary>
    public bool ShuttingDown { get; private set; }

    /// <summary>No launch is begun any more: this process is about to become something else.</summary>
    public bool Closing { get; set; }

    public void Connected(ClientConnection client) => _clients.Add(client);

    public void Closed(ClientConnection client) => _clients.Remove(client);

    /// <summary>Tells every subscriber of an exit.</summary>
    public void Announce(Entry entry)
    {
        foreach (var client in _clients.ToArray())
            if (client.Subscribed)
                client.Exited(entry.Record.Key, entry.Exit!);
    }

    /// <summary>Handles one message. Throws <see cref="InvalidDataException"/> for what is no message of this protocol.</summary>
    public void Handle(ClientConnection client, ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var kind = (MessageKind)reader.Byte();
        var request = reader.Int();
        if (kind == MessageKind.Descriptors)
            return;
        var descriptors = client.TakeDescriptors();
        if (kind != MessageKind.Launch)
            foreach (var fd in descriptors)
                fd.Dispose();
        if (!client.Greeted && kind != MessageKind.Hello)
            throw new InvalidDataException("no hello");
        try
        {
            Dispatch(client, kind, request, ref reader, descriptors);
        }
        catch (LinuxException e)
        {
            client.Reply(request, ReplyStatus.HostFailed, e.Message, e.Errno);
        }
    }

    /// <summary>Answers a launch that is done.</summary>
    public void Launched(LaunchJob job, Entry? entry)
    {
        var (client, request) = (job.Order.Client, job.Order.Request);
        if (entry is not null)
            client.Reply(
                request,
                ReplyStatus.Done,
                null,
                entry.Record.Pid,
                0,
                entry.Kept.Descriptors.TryGetValue(Role.PidFd, out var pidFd) ? Descriptor.Duplicate(pidFd) : null
            );
        else if (job.Failure is var (op, errno))
            client.Reply(request, ReplyStatus.ProgramFailed, null, op, errno);
        else if (job.Error is LinuxException e)
            client.Reply(request, ReplyStatus.HostFailed, e.Message, e.Errno);
        else
            client.Reply(request, ReplyStatus.Invalid, job.Error?.Message);
    }

    void Dispatch(ClientConnection client, MessageKind kind, int request, ref MessageReader reader, SafeFileHandle[] descriptors)
    {
        switch (kind)
        {
            case MessageKind.Hello:
                Hello(client, request, ref reader);
                break;
            case MessageKind.Launch:
                Launch(client, request, ref reader, descriptors);
                break;
            case MessageKind.Attach:
                Attach(client, request, ref reader);
                break;
            case MessageKind.Resize:
                Resize(client, request, reader.Text(), reader.Int(), reader.Int());
                break;
            case MessageKind.CloseStdin:
                CloseStdin(client, request, reader.Text());
                break;
            case MessageKind.Signal:
                Signal(client, request, reader.Text(), reader.Int());
                break;
            case MessageKind.List:
                List(client, request);
                break;
            case MessageKind.Release:
                Release(client, request, reader.Text());
                break;
            case MessageKind.Shutdown:
                Shutdown(client, request);
                break;
            default:
                throw new InvalidDataException($"unknown message {kind}");
        }
    }

    static void Hello(ClientConnection client, int request, ref MessageReader reader)
    {
        var version = reader.Int();
        client.Subscribed = reader.Flag();
        client.Greeted = version == Wire.Version;
        client.Reply(request, client.Greeted ? ReplyStatus.Done : ReplyStatus.Invalid, null, Wire.Version, Environment.ProcessId);
    }

    void Launch(ClientConnection client, int request, ref MessageReader reader, SafeFileHandle[] descriptors)
    {
        var key = reader.Text();
        var (stdio, log, held, inMemory) = (reader.Stdio(), reader.Log(), reader.Int(), reader.Flag());
        var program = inMemory ? null : reader.Bytes().ToArray();
        // No answer while closing: the connection is lost soon, then the client asks the successor.
        if (Closing)
        {
            foreach (var fd in descriptors)
                fd.Dispose();
            return;
        }
        var refused =
            System.Text.Encoding.UTF8.GetByteCount(key) is 0 or > Wire.MaxKey || held is < 0 or > Wire.MaxHeld ? ReplyStatus.Invalid
            : !table.Reserve(key) ? ReplyStatus.KeyInUse
            : ReplyStatus.Done;
        if (refused != ReplyStatus.Done)
        {
            foreach (var fd in descriptors)
                fd.Dispose();
            client.Reply(request, refused, key);
            return;
        }
        var order = new LaunchOrder(table.NextId(), key, stdio, log, program, descriptors, held, client, request);
        pool.Add(new LaunchJob(order, state, link));
    }

    void Attach(ClientConnection client, int request, ref MessageReader reader)
    {
        var key = reader.Text();
        var (stdin, stdout, stderr, keys) = (reader.Flag(), reader.Flag(), reader.Flag(), reader.TextOrNull());
        DetachKeys? detach;
        try
        {
            detach = keys is { Length: > 0 } ? DetachKeys.Parse(keys) : null;
        }
        catch (FormatException e)
        {
            client.Reply(request, ReplyStatus.Invalid, e.Message);
            return;
        }
        var (ours, theirs) = UnixSocket.Pair(SocketKind.Stream);
        var attachment = new Attachment(loop, ours, new AttachWish(stdin, stdout, stderr, detach), scratch);
        table.Attach(key, attachment);
        client.Reply(request, ReplyStatus.Done, descriptor: theirs);
    }

    void Resize(ClientConnection client, int request, string key, int rows, int columns)
    {
        if (!Known(client, request, key, out var entry))
            return;
        if (entry.Kept.Descriptors.TryGetValue(Role.Master, out var master))
            Terminal.Resize(master, rows, columns);
        client.Reply(request, entry.Tty ? ReplyStatus.Done : ReplyStatus.Invalid, entry.Tty ? null : "the process has no terminal");
    }

    void CloseStdin(ClientConnection client, int request, string key)
    {
        if (!Known(client, request, key, out var entry))
            return;
        if (!entry.Tty)
            entry.Stdin?.Close();
        client.Reply(request, ReplyStatus.Done);
    }

    void Signal(ClientConnection client, int request, string key, int signal)
    {
        if (!Known(client, request, key, out var entry))
            return;
        client.Reply(request, entry.Signal(signal) ? ReplyStatus.Done : ReplyStatus.Ended);
    }

    void List(ClientConnection client, int request)
    {
        // An exit is listed when it was told too: before, output may still be on its way into the log.
        foreach (var entry in table.Entries)
            client.Item(request, entry.Record, entry.Finished ? entry.Exit : null);
        client.Reply(request, ReplyStatus.Done);
    }

    void Release(ClientConnection client, int request, string key)
    {
        if (!Known(client, request, key, out var entry))
            return;
        if (entry.Finished)
            table.Release(entry);
        client.Reply(request, entry.Finished ? ReplyStatus.Done : ReplyStatus.StillRunning);
    }

    void Shutdown(ClientConnection client, int request)
    {
        ShuttingDown = table.IsEmpty && pool.Pending == 0;
        client.Reply(request, ShuttingDown ? ReplyStatus.Done : ReplyStatus.StillRunning);
    }

    bool Known(ClientConnection client, int request, string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Entry? entry)
    {
        entry = table.Find(key);
        if (entry is null)
            client.Reply(request, ReplyStatus.NoSuchKey, key);
        return entry is not null;
    }
}
