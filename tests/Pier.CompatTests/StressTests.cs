using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Pier.CompatTests;

/// <summary>
/// Many containers from several clients at once: none hangs, each gives its own exit code and output, and nothing is left of them. The
/// count is $PIER_STRESS (10,000 is the full one). The supervisor collects garbage often by itself: its budget is 2 MB.
/// </summary>
public sealed class StressTests : IAsyncLifetime
{
    const int Clients = 8;
    static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("PIER_STRESS"), out var count) ? count : 600;

    readonly PierDaemon _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Nothing_hangs_and_nothing_is_left()
    {
        await Batch(0, 40); // pools and caches fill
        var before = await Leftovers();
        await Batch(40, Count);
        Left after;
        var patience = DateTime.UtcNow.AddSeconds(20);
        // Namespaces and snapshots go in the background.
        while (
            (after = await Leftovers()) is var left
            && (
                left.Mounts > before.Mounts
                || left.Groups > 0
                || left.Processes > before.Processes
                || left.Descriptors > before.Descriptors + 32
            )
            && DateTime.UtcNow < patience
        )
            await Task.Delay(250);
        Assert.Equal((before.Mounts, 0, before.Processes), (after.Mounts, after.Groups, after.Processes));
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 32);
        Assert.Equal(0, after.Snapshots);
    }

    async Task Batch(int first, int count)
    {
        var next = first - 1;
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async _ =>
                {
                    using var http = Http();
                    for (int i; (i = Interlocked.Increment(ref next)) < first + count; )
                        await RunOne(http, i);
                })
        );
    }

    static async Task RunOne(HttpClient http, int i)
    {
        var code = i % 7;
        var body = JsonContent.Create(
            new
            {
                Image = "busybox",
                Cmd = (string[])["sh", "-c", $"echo {i}; exit {code}"],
                HostConfig = new { NetworkMode = i % 3 == 0 ? "bridge" : "none" },
            }
        );
        var id = (await Ask(http, HttpMethod.Post, "/containers/create", body)).GetProperty("Id").GetString();
        await Ask(http, HttpMethod.Post, $"/containers/{id}/start");
        var exit = await Ask(http, HttpMethod.Post, $"/containers/{id}/wait");
        Assert.Equal((i, code), (i, exit.GetProperty("StatusCode").GetInt32()));
        var log = await http.GetByteArrayAsync($"/containers/{id}/logs?stdout=1");
        Assert.Equal($"{i}\n", System.Text.Encoding.UTF8.GetString(log.AsSpan(8)));
        await Ask(http, HttpMethod.Delete, $"/containers/{id}");
    }

    static async Task<JsonElement> Ask(HttpClient http, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    HttpClient Http() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, ct) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(_daemon.Socket), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new Uri("http://pier"),
            Timeout = TimeSpan.FromSeconds(60),
        };

    sealed record Left(int Mounts, int Groups, int Processes, int Descriptors, int Snapshots);

    async Task<Left> Leftovers()
    {
        var exec = Path.Combine(_daemon.Directory, "exec");
        var pier = System
            .IO.Directory.GetDirectories("/proc")
            .Where(p => int.TryParse(Path.GetFileName(p), out _) && Read(p + "/cmdline").Contains(exec, StringComparison.Ordinal))
            .ToArray();
        var children = pier.SelectMany(p =>
                Read($"{p}/task/{Path.GetFileName(p)}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )
            .Count();
        var mounts = (await File.ReadAllLinesAsync("/proc/self/mountinfo")).Count(l =>
            l.Contains(_daemon.Directory, StringComparison.Ordinal)
        );
        var groups = System
            .IO.Directory.GetDirectories("/sys/fs/cgroup")
            .Select(h => Path.Combine(h, _daemon.CgroupName))
            .Where(System.IO.Directory.Exists)
            .Sum(g => System.IO.Directory.GetDirectories(g).Length);
        var snapshots = System.IO.Directory.GetDirectories(Path.Combine(_daemon.Directory, "data/snapshots/overlay/containers")).Length;
        return new Left(mounts, groups, pier.Length + children, pier.Sum(p => CountIn(p + "/fd")), snapshots);
    }

    static int CountIn(string directory)
    {
        try
        {
            return System.IO.Directory.GetFileSystemEntries(directory).Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
