using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Pier.Cli.Transport;

/// <summary>One blocking connection to the daemon, used for one request after the other.</summary>
sealed class DaemonConnection : IDisposable
{
    readonly Socket _socket;
    readonly SshProgram? _ssh;
    readonly Stream _stream;
    readonly ResponseReader _reader;
    readonly string _host;

    public DaemonConnection(DaemonAddress address, ClientTls? tls, StartProgram? programs)
    {
        _ssh = address.Ssh is { } ssh ? SshProgram.Start(ssh, programs) : null;
        _socket = _ssh?.Socket ?? address.Connect();
        _host = address.HostHeader;
        Stream stream = new NetworkStream(_socket, ownsSocket: true);
        if (tls is not null && address.IsTcp)
            stream = tls.Authenticate(stream, address);
        _stream = stream;
        _reader = new ResponseReader(stream);
    }

    /// <summary>Sends a request whose body is whole.</summary>
    public void Send(
        string method,
        string path,
        ReadOnlySpan<byte> json,
        bool upgrade = false,
        string? contentType = null,
        string? registryAuth = null
    )
    {
        var head = Head(method, path);
        if (registryAuth is not null)
            head.Append("X-Registry-Auth: ").Append(registryAuth).Append("\r\n");
        if (upgrade)
            head.Append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
        if (!json.IsEmpty || contentType is not null)
            head.Append("Content-Type: ").Append(contentType ?? "application/json").Append("\r\n");
        if (method != "GET" && method != "HEAD")
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {json.Length}\r\n");
        Write(head.Append("\r\n"), json);
    }

    /// <summary>Sends a request whose body is a stream, in chunks. A daemon that answers early (an error) ends the sending.</summary>
    public void Send(string method, string path, Stream body, string contentType)
    {
        var head = Head(method, path).Append("Content-Type: ").Append(contentType).Append("\r\nTransfer-Encoding: chunked\r\n\r\n");
        Write(head, default);
        var buffer = new byte[256 * 1024];
        try
        {
            int count;
            while ((count = body.Read(buffer)) > 0)
            {
                _stream.Write(Encoding.ASCII.GetBytes(count.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
                _stream.Write(buffer.AsSpan(0, count));
                _stream.Write("\r\n"u8);
            }
            _stream.Write("0\r\n\r\n"u8);
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            // The answer says why.
        }
    }

    /// <summary>Sends a request whose body is written as it goes, in chunks. A daemon that answers early ends the sending.</summary>
    public void Send(
        string method,
        string path,
        Action<Stream> writeBody,
        string contentType,
        params ReadOnlySpan<(string Name, string Value)> headers
    )
    {
        var head = Head(method, path).Append("Content-Type: ").Append(contentType).Append("\r\nTransfer-Encoding: chunked\r\n");
        foreach (var (name, value) in headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        head.Append("\r\n");
        Write(head, default);
        try
        {
            using var body = new ChunkedBody(_stream);
            writeBody(body);
            body.End();
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            // The answer says why.
        }
    }

    /// <summary>Asks for another protocol on this connection.</summary>
    public void Upgrade(string path, string protocol, ReadOnlySpan<(string Name, string Value)> headers)
    {
        var head = Head("POST", path).Append("Connection: Upgrade\r\nUpgrade: ").Append(protocol).Append("\r\n");
        foreach (var (name, value) in headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        Write(head.Append("Content-Length: 0\r\n\r\n"), default);
    }

    /// <summary>Reads the next answer's head.</summary>
    public DaemonAnswer Receive(bool bodyless = false)
    {
        var status = ReadStatus();
        if (
            !status.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || status.Length < 12
            || !int.TryParse(status.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
        )
            throw new InvalidDataException($"malformed HTTP response \"{status}\"");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string line;
        while ((line = _reader.ReadLine()).Length > 0)
        {
            var colon = line.IndexOf(':');
            if (colon > 0)
                headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        var empty = bodyless || code is 204 or 304;
        var chunked =
            !empty
            && headers.TryGetValue("Transfer-Encoding", out var coding)
            && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        var length =
            empty ? 0
            : headers.TryGetValue("Content-Length", out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var number)
                ? number
            : -1;
        return new DaemonAnswer(this, code, headers, new BodyStream(_reader, length, chunked));
    }

    string ReadStatus()
    {
        try
        {
            return _reader.ReadLine();
        }
        catch (IOException) when (_ssh?.Ending() is { } reason)
        {
            throw new EndOfStreamException(reason);
        }
    }

    /// <summary>The raw stream after a hijacking answer's head: bytes that came with the head first.</summary>
    public int ReadRaw(Span<byte> buffer) => _reader.Read(buffer);

    public ValueTask<int> ReadRawAsync(Memory<byte> buffer, CancellationToken ct) => _reader.ReadAsync(buffer, ct);

    public void WriteRaw(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>The end of our output; the daemon's goes on.</summary>
    public void CloseWrite()
    {
        try
        {
            if (_stream is SslStream tls)
                tls.ShutdownAsync().GetAwaiter().GetResult();
            else
                _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // It is closed from the other side.
        }
    }

    /// <summary>Ends both directions: a blocked read returns.</summary>
    public void Abort()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    public void Dispose() => _stream.Dispose();

    StringBuilder Head(string method, string path) =>
        new StringBuilder(256)
            .Append(method)
            .Append(' ')
            .Append(path)
            .Append(" HTTP/1.1\r\nHost: ")
            .Append(_host)
            .Append("\r\nUser-Agent: Pier-Client\r\n");

    void Write(StringBuilder head, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(head.ToString()) + body.Length];
        var count = Encoding.UTF8.GetBytes(head.ToString(), bytes);
        body.CopyTo(bytes.AsSpan(count));
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException) when (_ssh?.Ending() is { } reason)
        {
            throw new EndOfStreamException(reason);
        }
    }
}
