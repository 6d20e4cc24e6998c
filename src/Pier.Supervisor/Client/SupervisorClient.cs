using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Supervisor.Client;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor;

/// <summary>
/// The daemon's way to the supervisor. Thread-safe. When the supervisor is killed and replaced, the client connects again by itself, asks
/// what happened
/// meanwhile, and does requests again that can be.
/// </summary>
public sealed class SupervisorClient : IAsyncDisposable
{
    readonly SupervisorOptions _options;
    readonly Lock _lock = new();
    readonly HashSet<string> _told = [];
    Task<Channel> _channel;
    bool _disposed;

    SupervisorClient(SupervisorOptions options)
    {
        _options = options;
        _channel = Task.FromResult<Channel>(null!);
    }

    /// <summary>
    /// A process has ended and its output is in its log. Told once for each process whose end this client has not seen in a <see
    /// cref="ListAsync"/> before. Raised on a thread
    /// of the client: handlers return soon.
    /// </summary>
    public event Action<SupervisedExit>? Exited;

    /// <summary>The connection was lost; the client is connecting again.</summary>
    public event Action? Disconnected;

    /// <summary>Connects to the supervisor of an exec root, which is started if there is none.</summary>
    public static async Task<SupervisorClient> ConnectOrStartAsync(SupervisorOptions options)
    {
        var client = new SupervisorClient(options);
        client._channel = Task.FromResult(await client.Connect().ConfigureAwait(false));
        return client;
    }

    /// <summary>As <see cref="ConnectOrStartAsync"/>, waiting for it.</summary>
    public static SupervisorClient ConnectOrStart(SupervisorOptions options) => ConnectOrStartAsync(options).GetAwaiter().GetResult();

    /// <summary>
    /// Launches a process. Throws <see cref="LaunchFailedException"/> when an op of the program failed, <see cref="SupervisorException"/>
    /// otherwise. A supervisor that
    /// is killed meanwhile leaves either a listed process or none; in the latter case the launch is done again.
    /// </summary>
    public async Task<LaunchedProcess> LaunchAsync(LaunchRequest request)
    {
        var wire = LaunchProgramCodec.Encode(request.Program);
        using var memory = wire.Length > Wire.MaxInlineProgram ? PlainFile.InMemory("program") : null;
        if (memory is not null)
            PlainFile.WriteAt(memory, wire, 0);
        SafeFileHandle[] program = memory is null ? [] : [memory];
        SafeFileHandle[] descriptors = [.. program, .. request.Imports, .. request.Held];
        void Body(MessageWriter message)
        {
            message.Text(request.Key).Stdio(request.Stdio).Log(request.Log).Int(request.Held.Count).Flag(memory is not null);
            if (memory is null)
                message.Bytes(wire);
        }
        lock (_lock)
            _told.Remove(request.Key);
        while (true)
        {
            try
            {
                var answer = await (await Current().ConfigureAwait(false)).Ask(MessageKind.Launch, Body, descriptors).ConfigureAwait(false);
                if (answer.Status == ReplyStatus.ProgramFailed)
                    throw new LaunchFailedException(request.Key, answer.First, answer.Second);
                Check(answer);
                return new LaunchedProcess(request.Key, answer.First, answer.Descriptor);
            }
            catch (SupervisorException e) when (e.Error == SupervisorError.Lost)
            {
                var known = (await ListAsync().ConfigureAwait(false)).FirstOrDefault(p => p.Key == request.Key);
                if (known is not null)
                    return new LaunchedProcess(request.Key, known.Pid, null);
            }
        }
    }

    /// <summary>
    /// Attaches to a process, or to a key that is launched later: then nothing of its output is missed. Over the socket come Docker's
    /// frames
    /// (raw bytes from a terminal) and go raw input bytes; Shutdown(Send) ends the input. The supervisor ends the stream when the process
    /// has ended and all was delivered,
    /// and when the detach keys were typed. The stream breaks when the supervisor is killed.
    /// </summary>
    public async Task<Socket> AttachAsync(AttachRequest request)
    {
        var answer = await Request(
                MessageKind.Attach,
                m => m.Text(request.Key).Flag(request.Stdin).Flag(request.Stdout).Flag(request.Stderr).Text(request.DetachKeys)
            )
            .ConfigureAwait(false);
        var descriptor = answer.Descriptor ?? throw new SupervisorException(SupervisorError.Lost, "no descriptor came with the answer");
        var socket = new Socket(new SafeSocketHandle(descriptor.DangerousGetHandle(), ownsHandle: true));
        descriptor.SetHandleAsInvalid();
        return socket;
    }

    /// <summary>Sets a terminal's size.</summary>
    public Task ResizeAsync(string key, int rows, int columns) => Request(MessageKind.Resize, m => m.Text(key).Int(rows).Int(columns));

    /// <summary>Ends a process' stdin.</summary>
    public Task CloseStdinAsync(string key) => Request(MessageKind.CloseStdin, m => m.Text(key));

    /// <summary>Signals the process; throws with <see cref="SupervisorError.Ended"/> when it has ended.</summary>
    public Task SignalAsync(string key, int signal) => Request(MessageKind.Signal, m => m.Text(key).Int(signal));

    /// <summary>
    /// Every process that was not released, with its end if it has one. Ends seen here are not told by <see cref="Exited"/> any more.
    /// </summary>
    public async Task<IReadOnlyList<SupervisedProcess>> ListAsync()
    {
        var answer = await Request(MessageKind.List, _ => { }).ConfigureAwait(false);
        lock (_lock)
            foreach (var process in answer.Items)
                if (process.Exit is not null)
                    _told.Add(process.Key);
        return answer.Items;
    }

    /// <summary>
    /// Forgets an ended process; its exit is then only where the caller wrote it. Its key may be launched again. No error when it is
    /// unknown.
    /// </summary>
    public async Task ReleaseAsync(string key)
    {
        try
        {
            await Request(MessageKind.Release, m => m.Text(key)).ConfigureAwait(false);
        }
        catch (SupervisorException e) when (e.Error == SupervisorError.NoSuchKey)
        {
            // Released before a connection was lost, and asked again.
        }
        lock (_lock)
            _told.Remove(key);
    }

    /// <summary>Ends supervisor and keeper; refused (<see cref="SupervisorError.StillRunning"/>) while they know a process.</summary>
    public async Task ShutdownAsync()
    {
        lock (_lock)
            _disposed = true;
        try
        {
            Check(await (await Current().ConfigureAwait(false)).Ask(MessageKind.Shutdown, _ => { }).ConfigureAwait(false));
        }
        catch (SupervisorException e) when (e.Error != SupervisorError.Lost)
        {
            lock (_lock)
                _disposed = false;
            throw;
        }
    }

    /// <summary>Disconnects; processes and supervisor go on.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _disposed = true;
        try
        {
            (await Current().ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is SupervisorException or TimeoutException or Linux.LinuxException)
        {
            // It was not connected.
        }
    }

    Task<Channel> Current()
    {
        lock (_lock)
            return _channel;
    }

    /// <summary>A request that may be done twice: on a lost connection it is asked again.</summary>
    async Task<Answer> Request(MessageKind kind, Action<MessageWriter> body)
    {
        while (true)
        {
            var channel = await Current().ConfigureAwait(false);
            try
            {
                return Check(await channel.Ask(kind, body).ConfigureAwait(false));
            }
            catch (SupervisorException e) when (e.Error == SupervisorError.Lost && !IsDisposed())
            {
                Lost(channel);
            }
        }
    }

    bool IsDisposed()
    {
        lock (_lock)
            return _disposed;
    }

    async Task<Channel> Connect()
    {
        var channel = new Channel(SupervisorStarter.ConnectOrStart(_options), Tell, Lost);
        Check(await channel.Ask(MessageKind.Hello, m => m.Int(Wire.Version).Flag(true)).ConfigureAwait(false));
        return channel;
    }

    // Told by the channel's reader, or found by a request: a channel can be lost before it became the current one.
    void Lost(Channel channel)
    {
        lock (_lock)
        {
            if (_disposed || !(_channel.IsCompletedSuccessfully && _channel.Result == channel))
                return;
            _channel = Task.Run(Reconnect);
        }
        Disconnected?.Invoke();
    }

    async Task<Channel> Reconnect()
    {
        while (true)
        {
            try
            {
                var channel = await Connect().ConfigureAwait(false);
                var list = Check(await channel.Ask(MessageKind.List, _ => { }).ConfigureAwait(false));
                foreach (var process in list.Items)
                    if (process.Exit is { } exit)
                        Tell(exit);
                return channel;
            }
            catch (Exception e) when (!IsDisposed() && e is SupervisorException or TimeoutException or Linux.LinuxException)
            {
                await Task.Delay(5).ConfigureAwait(false);
            }
        }
    }

    void Tell(SupervisedExit exit)
    {
        lock (_lock)
            if (!_told.Add(exit.Key))
                return;
        Exited?.Invoke(exit);
    }

    static Answer Check(Answer answer)
    {
        var error = answer.Status switch
        {
            ReplyStatus.Done => (SupervisorError?)null,
            ReplyStatus.NoSuchKey => SupervisorError.NoSuchKey,
            ReplyStatus.KeyInUse => SupervisorError.KeyInUse,
            ReplyStatus.StillRunning => SupervisorError.StillRunning,
            ReplyStatus.Ended => SupervisorError.Ended,
            ReplyStatus.HostFailed => SupervisorError.HostFailed,
            _ => SupervisorError.Invalid,
        };
        return error is { } refused ? throw new SupervisorException(refused, answer.Text ?? refused.ToString(), answer.First) : answer;
    }
}
