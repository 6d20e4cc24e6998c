using System.Buffers.Binary;
using System.Threading.Channels;

namespace Pier.Contracts.Http2;

/// <summary>
/// HTTP/2 (RFC 9113) over a byte stream, as its client or its server. It exists because gRPC's metadata may repeat a key, which .NET's
/// HttpClient folds into one header, and because a command line client wants a server that costs nothing to start. No push, no priorities,
/// no upgrade from HTTP/1.1.
/// </summary>
public sealed partial class Http2Connection : IAsyncDisposable
{
    /// <summary>What each stream, and all together, may have in flight to this side.</summary>
    internal const int StreamWindow = 1 << 20;
    const int ConnectionWindow = 16 << 20;

    /// <summary>The default of both directions; nothing larger is offered or used.</summary>
    const int FrameLimit = 16 << 10;
    const int DefaultWindow = 65535;

    /// <summary>Streams that a client may have open at a server.</summary>
    const int MaxStreams = 256;

    /// <summary>Answers (to pings, settings) that may wait to be written: a peer that asks without reading is none.</summary>
    const int MaxAnswers = 1024;

    static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    readonly Stream _transport;
    readonly Func<Http2Stream, Task>? _serve;
    readonly Dictionary<int, Http2Stream> _streams = [];
    readonly Lock _gate = new();
    readonly SemaphoreSlim _writing = new(1);
    readonly Channel<byte[]> _answers = Channel.CreateBounded<byte[]>(MaxAnswers);
    readonly CancellationTokenSource _closing = new();
    readonly HpackDecoder _decoder = new();
    TaskCompletionSource _windowChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _sendWindow = DefaultWindow;
    long _peerStreamWindow = DefaultWindow;
    int _received;
    int _lastStream;
    Exception? _failure;

    Http2Connection(Stream transport, Func<Http2Stream, Task>? serve)
    {
        (_transport, _serve) = (transport, serve);
        Completion = Task.CompletedTask;
    }

    internal bool IsClient => _serve is null;

    /// <summary>Ends, never in error, when the connection has.</summary>
    public Task Completion { get; private set; }

    /// <summary>Begins as the client.</summary>
    public static Http2Connection Connect(Stream transport)
    {
        var connection = new Http2Connection(transport, null);
        connection.Completion = connection.RunAsync();
        return connection;
    }

    /// <summary>Serves: each stream is handed over once its headers are there. Owns nothing of the transport.</summary>
    public static Http2Connection Serve(Stream transport, Func<Http2Stream, Task> serve)
    {
        var connection = new Http2Connection(transport, serve);
        connection.Completion = connection.RunAsync();
        return connection;
    }

    /// <summary>Opens a stream with a request's headers. Throws <see cref="IOException"/> when the connection is over.</summary>
    public async Task<Http2Stream> OpenAsync(IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        var block = HpackEncoder.Encode(headers);
        // Streams have to appear on the wire in the order of their numbers.
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        Http2Stream stream;
        try
        {
            lock (_gate)
            {
                if (_failure is not null)
                    throw new IOException(_failure.Message, _failure);
                _lastStream = _lastStream == 0 ? 1 : _lastStream + 2;
                _streams.Add(_lastStream, stream = new Http2Stream(this, _lastStream, _peerStreamWindow));
            }
            await _transport.WriteAsync(HeaderFrames(stream.Id, block, end: false), _closing.Token).ConfigureAwait(false);
            await _transport.FlushAsync(_closing.Token).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
    }

    async Task RunAsync()
    {
        var answering = AnswerAsync();
        try
        {
            await WriteAsync(Greeting(), _closing.Token).ConfigureAwait(false);
            await ReadAsync().ConfigureAwait(false);
            End(new IOException("the connection is closed"));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            End(e is OperationCanceledException ? new IOException("the connection is closed", e) : e);
            if (e is Http2Exception broken)
                await SendGoAwayAsync(broken.Error).ConfigureAwait(false);
        }
        finally
        {
            _answers.Writer.TryComplete();
            await _closing.CancelAsync().ConfigureAwait(false);
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    byte[] Greeting()
    {
        Span<byte> settings = stackalloc byte[18];
        Setting(settings, 2, 0); // SETTINGS_ENABLE_PUSH
        Setting(settings[6..], 3, MaxStreams);
        Setting(settings[12..], 4, StreamWindow);
        Span<byte> window = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(window, ConnectionWindow - DefaultWindow);
        byte[] frames =
        [
            .. FrameHeader.Frame(FrameType.Settings, 0, 0, _serve is null ? settings : settings[6..]),
            .. FrameHeader.Frame(FrameType.WindowUpdate, 0, 0, window),
        ];
        return _serve is null ? [.. Preface, .. frames] : frames;
    }

    static void Setting(Span<byte> bytes, ushort id, uint value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, id);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], value);
    }

    void End(Exception reason)
    {
        Http2Stream[] open;
        lock (_gate)
        {
            _failure ??= reason;
            open = [.. _streams.Values];
            _streams.Clear();
        }
        foreach (var stream in open)
            stream.Fail(reason);
        WakeWriters();
    }

    Http2Stream? Find(int id)
    {
        lock (_gate)
            return _streams.GetValueOrDefault(id);
    }

    void Forget(Http2Stream stream)
    {
        lock (_gate)
            _streams.Remove(stream.Id);
    }
}
