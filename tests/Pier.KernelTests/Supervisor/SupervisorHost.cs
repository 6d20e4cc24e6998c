using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Pier.KernelTests.Linux.Launch;
using Pier.Linux.Launch;
using Pier.Supervisor;

namespace Pier.KernelTests.Supervisor;

/// <summary>A keeper and a supervisor of their own for one test: real processes of the built program, gone afterwards.</summary>
sealed class SupervisorHost : IAsyncDisposable
{
    readonly List<string> _keys = [];

    SupervisorHost(string root, SupervisorClient client)
    {
        Root = root;
        Client = client;
    }

    public string Root { get; }
    public SupervisorClient Client { get; }

    /// <summary>Starts a pair; <paramref name="root"/> is removed afterwards, a directory on tmpfs unless given.</summary>
    public static async Task<SupervisorHost> StartAsync(string? root = null)
    {
        var command = Command();
        Skip.If(command is null, "no pier program: set PIER_BINARY or build src/Pier");
        Environment.SetEnvironmentVariable("DOTNET_ROLL_FORWARD", "Major");
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
        root ??= Directory.CreateDirectory($"/dev/shm/pier-supervisor-test-{Environment.ProcessId}-{Guid.NewGuid():n}").FullName;
        var client = await SupervisorClient.ConnectOrStartAsync(
            new SupervisorOptions
            {
                ExecRoot = root,
                Command = [command!],
                ErrorLog = root + "/errors",
                StartTimeout = TimeSpan.FromSeconds(60),
            }
        );
        return new SupervisorHost(root, client);
    }

    /// <summary>Launches a shell command.</summary>
    public Task<LaunchedProcess> ShellAsync(
        string key,
        string script,
        ProcessStdio? stdio = null,
        bool log = true,
        long maxSize = 0,
        int maxFile = 1
    ) =>
        LaunchAsync(
            key,
            TestPrograms.Command(["/bin/busybox", "sh", "-c", script], stdio: true, tty: stdio?.Tty ?? false),
            stdio,
            log,
            maxSize,
            maxFile
        );

    public async Task<LaunchedProcess> LaunchAsync(
        string key,
        LaunchProgram program,
        ProcessStdio? stdio = null,
        bool log = true,
        long maxSize = 0,
        int maxFile = 1
    )
    {
        lock (_keys)
            _keys.Add(key);
        return await Client.LaunchAsync(
            new LaunchRequest
            {
                Key = key,
                Program = program,
                Stdio = stdio ?? new ProcessStdio(),
                Log = log ? new LogTarget(LogPath(key), maxSize, maxFile) : null,
            }
        );
    }

    public string LogPath(string key) => Path.Combine(Root, key + ".log");

    /// <summary>Waits for an exit, told or listed.</summary>
    public async Task<SupervisedExit> ExitAsync(string key, int seconds = 60)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            if ((await Client.ListAsync()).FirstOrDefault(p => p.Key == key)?.Exit is { } exit)
                return exit;
            await Task.Delay(5);
        }
        throw new TimeoutException($"{key} did not end; errors: {Errors()}");
    }

    /// <summary>A stream's text from a log and its rotated files, oldest first. Every line must be whole JSON.</summary>
    public string LogText(string key, string stream = "stdout", int files = 1)
    {
        var text = new StringBuilder();
        for (var i = files - 1; i >= 0; i--)
        {
            var path = LogPath(key) + (i == 0 ? "" : "." + i.ToString(CultureInfo.InvariantCulture));
            if (!File.Exists(path))
                continue;
            foreach (var line in File.ReadLines(path))
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.GetProperty("stream").GetString() == stream)
                    text.Append(json.RootElement.GetProperty("log").GetString());
            }
        }
        return text.ToString();
    }

    public string Errors() => File.Exists(Root + "/errors") ? File.ReadAllText(Root + "/errors") : "";

    /// <summary>
    /// kill -9, then waits until another process has the part and the supervisor serves again: what is promised is to survive one kill at
    /// a time.
    /// </summary>
    public async Task KillAsync(bool keeper)
    {
        var (oldKeeper, oldSupervisor) = await PidsAsync();
        using (var process = Process.GetProcessById(keeper ? oldKeeper : oldSupervisor))
            process.Kill();
        while (true)
        {
            var (newKeeper, newSupervisor) = await PidsAsync();
            if (newSupervisor != oldSupervisor && (keeper ? newKeeper == oldSupervisor : newKeeper == oldKeeper))
                break;
            await Task.Delay(5);
        }
        await Client.ListAsync();
    }

    /// <summary>Pids of this host's keeper and supervisor, found by the exec root on the command line, when both are there.</summary>
    async Task<(int Keeper, int Supervisor)> PidsAsync()
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(30))
        {
            int keeper = 0,
                supervisor = 0;
            foreach (var directory in Directory.GetDirectories("/proc"))
            {
                if (!int.TryParse(Path.GetFileName(directory), out var pid) || CommandLine(directory) is not { } words)
                    continue;
                if (!words.Contains("supervisor") || !words.Contains(Root))
                    continue;
                // A child that is being launched shares the memory, command line included: the parent is older.
                if (!words.Contains("--serve"))
                    keeper = pid;
                else if (supervisor == 0 || pid < supervisor)
                    supervisor = pid;
            }
            if (keeper != 0 && supervisor != 0)
                return (keeper, supervisor);
            await Task.Delay(5);
        }
        throw new InvalidOperationException("not found; errors: " + Errors());
    }

    static string[]? CommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(directory + "/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var process in await Client.ListAsync())
            {
                if (process.Exit is null)
                    await Ignore(Client.SignalAsync(process.Key, 9));
                await ExitAsync(process.Key);
                await Client.ReleaseAsync(process.Key);
            }
            await Client.ShutdownAsync();
        }
        finally
        {
            await Client.DisposeAsync();
            foreach (var file in Directory.GetFiles(Root))
                File.Delete(file);
            foreach (var directory in Directory.GetDirectories(Root))
                Directory.Delete(directory, true);
            if (!IsMountPoint(Root))
                Directory.Delete(Root);
        }
    }

    static bool IsMountPoint(string path) => File.ReadLines("/proc/self/mounts").Any(l => l.Split(' ')[1] == path);

    static async Task Ignore(Task task)
    {
        try
        {
            await task;
        }
        catch (SupervisorException e) when (e.Error == SupervisorError.Ended)
        {
            // It ended meanwhile.
        }
    }

    public static string? Command([CallerFilePath] string here = "")
    {
        if (Environment.GetEnvironmentVariable("PIER_BINARY") is { Length: > 0 } binary)
            return File.Exists(binary) ? binary : null;
        var repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
        var builds = Path.Combine(repository, "src/Pier/bin");
        return Directory.Exists(builds)
            ? Directory.GetFiles(builds, "pier", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
            : null;
    }
}
