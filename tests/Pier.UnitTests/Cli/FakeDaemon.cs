using System.Net.Sockets;
using System.Text;

namespace Pier.UnitTests.Cli;

/// <summary>A unix socket that answers each connection's requests from a script: what it got is kept for the test.</summary>
sealed class FakeDaemon : IDisposable
{
    readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly string _directory = Directory.CreateTempSubdirectory("api-fake-").FullName;
    readonly Func<string, string, string> _answer;
    readonly Dictionary<Socket, string> _connections = [];

    /// <param name="answer">From request line and body to the whole answer.</param>
    public FakeDaemon(Func<string, string, string> answer)
    {
        _answer = answer;
        Path = System.IO.Path.Combine(_directory, "d.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Path { get; }

    public List<(string Line, string Body)> Requests { get; } = [];

    /// <summary>Ends the connections whose last request was for this, as a process's end does for an attached client.</summary>
    public void HangUp(string request)
    {
        lock (_connections)
            foreach (var (connection, line) in _connections)
                if (line.Contains(request))
                    connection.Shutdown(SocketShutdown.Send);
    }

    public static string Json(string body, int status = 200) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    void Serve(Socket socket)
    {
        try
        {
            using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            while (reader.ReadLine() is { } line)
                Answer(line, reader, stream, socket);
        }
        catch (IOException)
        {
            // The client is gone: what it did not wait for is not the test's concern.
        }
        finally
        {
            lock (_connections)
                _connections.Remove(socket);
            socket.Dispose();
        }
    }

    void Answer(string line, StreamReader reader, NetworkStream stream, Socket socket)
    {
        var length = 0;
        while (reader.ReadLine() is { Length: > 0 } header)
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header[15..]);
        var body = new char[length];
        for (int read = 0, got; read < length; read += got)
            if ((got = reader.Read(body, read, length - read)) == 0)
                throw new IOException("the body ends early");
        lock (Requests)
            Requests.Add((line, new string(body)));
        var answer = _answer(line, new string(body));
        // Before the answer: whoever has it may ask at once for this connection's end.
        lock (_connections)
            _connections[socket] = line;
        stream.Write(Encoding.UTF8.GetBytes(answer));
    }
}
