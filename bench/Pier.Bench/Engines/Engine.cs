using System.Diagnostics;
using System.Globalization;

namespace Pier.Bench.Engines;

/// <summary>
/// An engine under test, with roots and a network namespace of its own: the machine's devices and rules stay as they are, several
/// engines do not meet, and the processes of one are found by their namespace.
/// </summary>
abstract class Engine(string work) : IDisposable
{
    /// <summary>Room for hundreds of networks.</summary>
    protected const string Pools = "base=10.64.0.0/12,size=24";

    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30),
        StopLimit = TimeSpan.FromSeconds(20);

    Process? _daemon;
    string? _network;
    EngineClient? _client;

    public abstract string Name { get; }

    /// <summary>Version line for the report.</summary>
    public abstract string Version { get; }

    /// <summary>Files that make up an installation.</summary>
    public abstract IReadOnlyList<string> Binaries { get; }

    /// <summary>Command line of the daemon.</summary>
    protected abstract IReadOnlyList<string> Daemon { get; }

    protected virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>Command line of the engine's own client for "run --rm IMAGE true".</summary>
    public abstract IReadOnlyList<string> RunCommand { get; }

    /// <summary>Command line of the engine's own client for a build of a directory, by whatever wire it prefers.</summary>
    public abstract IReadOnlyList<string> BuildCommand(string tag, string directory);

    /// <summary>The engine's own directory.</summary>
    protected string Root { get; } = work;

    /// <summary>The daemon's process.</summary>
    public int DaemonId => _daemon?.Id ?? throw new InvalidOperationException($"{Name} is not running");

    public string Socket => Path.Combine(Root, "api.sock");

    public EngineClient Client => _client ?? throw new InvalidOperationException($"{Name} is not running");

    /// <summary>Starts the daemon and waits for its first answer; returns the time between.</summary>
    public Task<TimeSpan> Start() => Start(["unshare", "--net"]);

    async Task<TimeSpan> Start(string[] within)
    {
        Directory.CreateDirectory(Root);
        var log = Path.Combine(Root, "daemon.log");
        // The shell becomes the daemon: its pid is ours to end.
        var command = $"ip link set lo up && exec \"$@\" >>{log} 2>&1";
        var start = Stopwatch.GetTimestamp();
        _daemon = Process.Start(Shell.Describe([.. within, "sh", "-c", command, "sh", .. Daemon], Environment))!;
        _client = new EngineClient(Socket);
        while (!File.Exists(Socket) || !await _client.Ping())
        {
            if (_daemon.HasExited || Stopwatch.GetElapsedTime(start) > StartLimit)
            {
                var tail = string.Join(" | ", File.Exists(log) ? File.ReadAllLines(log).TakeLast(3) : []);
                Stop();
                throw new InvalidOperationException($"{Name} does not start: {tail}");
            }

            await Task.Delay(1);
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        _network = new FileInfo($"/proc/{_daemon.Id}/ns/net").LinkTarget;
        return elapsed;
    }

    /// <summary>Ends the daemon alone and starts it again in its network namespace; returns the time to its first answer.</summary>
    public async Task<TimeSpan> Restart()
    {
        var holder = Process.Start(Shell.Describe(["nsenter", "-t", $"{DaemonId}", "-n", "sleep", "1000"]))!;
        try
        {
            // It must be in the namespace before the daemon is gone, or there is none to come back to.
            for (var i = 0; i < 1000 && new FileInfo($"/proc/{holder.Id}/ns/net").LinkTarget != _network; i++)
                await Task.Delay(1);
            _client?.Dispose();
            Signal("KILL", _daemon!.Id);
            _daemon.WaitForExit();
            File.Delete(Socket);
            return await Start(["nsenter", "-t", $"{holder.Id}", "-n"]);
        }
        finally
        {
            holder.Kill();
            holder.WaitForExit();
        }
    }

    /// <summary>Ends the daemon and whatever it has left in its network namespace.</summary>
    public void Stop()
    {
        _client?.Dispose();
        _client = null;
        if (_daemon is null)
            return;
        Signal("TERM", _daemon.Id);
        if (!_daemon.WaitForExit(StopLimit))
            _daemon.Kill();
        _daemon.WaitForExit();
        _daemon.Dispose();
        _daemon = null;
        foreach (var id in Processes())
            Signal("KILL", id);
        _network = null;
        File.Delete(Socket);
    }

    /// <summary>The engine's processes: those of its network namespace. Containers have namespaces of their own.</summary>
    public List<int> Processes()
    {
        if (_network is null)
            return [];
        return
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && Namespace(id) == _network),
        ];
    }

    /// <summary>Proportional set size of all the engine's processes, bytes (smaps_rollup, man 5 proc).</summary>
    public long Memory() =>
        Processes()
            .Sum(id =>
            {
                try
                {
                    var line = File.ReadLines($"/proc/{id}/smaps_rollup").First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
                    return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
                }
                catch (Exception e) when (e is IOException or InvalidOperationException)
                {
                    return 0;
                }
            });

    /// <summary>Ends everything and removes the roots.</summary>
    public void Dispose()
    {
        Stop();
        foreach (
            var mount in File.ReadLines("/proc/self/mounts")
                .Select(l => l.Split(' ')[1])
                .Where(m => m.StartsWith(Root + "/", StringComparison.Ordinal))
                .Reverse()
        )
            Shell.Try(["umount", "-l", mount]);
        Shell.Try(["rm", "-rf", "--one-file-system", Root]);
    }

    protected static string FirstLine(params string[] command) => Shell.Try(command).Output.Split('\n')[0].Trim();

    /// <summary>The full path of a program, or null.</summary>
    protected static string? Find(string program) =>
        (
            (string[])
                ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec/podman", "/usr/lib/podman"]
        )
            .Select(d => Path.Combine(d, program))
            .FirstOrDefault(File.Exists);

    static void Signal(string name, int id) => Shell.Try(["kill", "-" + name, id.ToString(CultureInfo.InvariantCulture)]);

    static string? Namespace(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/ns/net").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
