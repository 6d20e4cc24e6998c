using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pier.CompatTests;

/// <summary>A small volume plugin: directories below one of the test's, over Docker's plugin protocol on a unix socket.</summary>
sealed class VolumePlugin : IDisposable
{
    readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly string _root,
        _socket;

    public VolumePlugin(string socket, string root)
    {
        (_socket, _root) = (socket, Directory.CreateDirectory(root).FullName);
        Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>"METHOD NAME [ID]" in the order of the calls.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Name to the ids that have it mounted.</summary>
    public ConcurrentDictionary<string, HashSet<string>> Volumes { get; } = new();

    /// <summary>What the next calls of this method answer as an error.</summary>
    public string? Failing { get; set; }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (await ReadAsync(stream) is var (path, body))
            {
                var answer = Encoding.UTF8.GetBytes(Answer(path, JsonNode.Parse(body)!.AsObject()).ToJsonString());
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {answer.Length}\r\n\r\n")
                );
                await stream.WriteAsync(answer);
            }
        }
        catch (IOException)
        {
            // The engine has closed.
        }
    }

    static async Task<(string Path, string Body)?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n");
        var length = int.Parse(lines.First(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1]);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return (lines[0].Split(' ')[1], Encoding.UTF8.GetString(body));
    }

    JsonObject Answer(string path, JsonObject call)
    {
        var (name, id) = ((string?)call["Name"] ?? "", (string?)call["ID"] ?? "");
        var method = path[(path.LastIndexOf('.') + 1)..];
        if (method is not ("Activate" or "Capabilities" or "List" or "Get"))
            Calls.Enqueue($"{method} {name} {id}".TrimEnd());
        if (method == Failing)
            return new JsonObject { ["Err"] = "the disk is on fire" };
        switch (method)
        {
            case "Activate":
                return new JsonObject { ["Implements"] = new JsonArray("VolumeDriver") };
            case "Capabilities":
                return new JsonObject { ["Capabilities"] = new JsonObject { ["Scope"] = "global" } };
            case "List":
                return new JsonObject { ["Volumes"] = new JsonArray([.. Volumes.Keys.Select(Shape)]) };
            case "Create":
                Directory.CreateDirectory(Path.Combine(_root, name));
                Volumes.TryAdd(name, []);
                return [];
        }
        if (!Volumes.TryGetValue(name, out var users))
            return new JsonObject { ["Err"] = "no such volume" };
        switch (method)
        {
            case "Get":
                return new JsonObject { ["Volume"] = Shape(name) };
            case "Path":
                return new JsonObject { ["Mountpoint"] = Path.Combine(_root, name) };
            case "Mount":
                users.Add(id);
                return new JsonObject { ["Mountpoint"] = Path.Combine(_root, name) };
            case "Unmount":
                users.Remove(id);
                return [];
            case "Remove":
                Volumes.TryRemove(name, out _);
                return [];
            default:
                return new JsonObject { ["Err"] = "unknown call " + path };
        }
    }

    JsonObject Shape(string name) =>
        new()
        {
            ["Name"] = name,
            ["Mountpoint"] = Path.Combine(_root, name),
            ["Status"] = new JsonObject { ["shelf"] = 7 },
        };

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_socket);
    }
}
