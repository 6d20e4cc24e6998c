using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;

namespace Pier.CompatTests;

/// <summary>
/// A pier daemon of the native binary with roots, socket, bridge and subnet of its own, and an image "busybox" made of the host's static
/// one. Disposal ends its containers, its supervisor and itself.
/// </summary>
public class PierDaemon : IAsyncLifetime, IDaemon
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    readonly string _tag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
    readonly List<string> _log = [];
    Process? _process;

    public PierDaemon() => Directory = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "api-compat-" + _tag);

    /// <summary>Everything of this daemon is below it.</summary>
    public string Directory { get; }

    /// <summary>Its containers' control group, below the hierarchies' roots.</summary>
    public string CgroupName => "pier-test-" + _tag;

    /// <summary>Further arguments of the daemon.</summary>
    public IReadOnlyList<string> MoreArguments { get; init; } = [];

    /// <summary>A program that becomes the daemon (env, nohup), with its arguments.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    public string Socket => System.IO.Path.Combine(Directory, "exec", "pier.sock");

    public string Host => "unix://" + Socket;

    /// <summary>How much the daemon holds open besides files: a runtime that is not ahead of time loads some when it needs them.</summary>
    public int Descriptors =>
        new DirectoryInfo($"/proc/{_process!.Id}/fd").EnumerateFiles().Count(fd => fd.LinkTarget is { } target && !target.StartsWith('/'));

    /// <summary>$PIER_BINARY, or what `./make build` made.</summary>
    public static string Binary
    {
        get
        {
            var binary =
                Environment.GetEnvironmentVariable("PIER_BINARY")
                ?? System.IO.Path.Combine(RepositoryRoot(), "artifacts", "native", "pier");
            return File.Exists(binary)
                ? binary
                : throw new InvalidOperationException($"the native binary is missing at {binary}: run ./make build, or set PIER_BINARY");
        }
    }

    /// <summary>Skips a test that takes the binary elsewhere.</summary>
    public static void OnlyNative()
    {
        using var binary = File.OpenRead(Binary);
        Skip.IfNot(binary.ReadByte() == 0x7f, "the binary under test is a script: it needs more of this machine than itself");
    }

    public async Task InitializeAsync()
    {
        System.IO.Directory.CreateDirectory(Directory);
        Start();
        await WaitUntilReadyAsync();
        var archive = System.IO.Path.Combine(Directory, "busybox.tar");
        WriteBusybox(archive);
        var import = await new Client("pier", this).RunAsync("import", archive, "busybox:latest");
        if (import.Code != 0)
            throw new InvalidOperationException($"import: {import.Error}");
    }

    public async Task DisposeAsync()
    {
        try
        {
            if (_process is { HasExited: false })
            {
                var all = await new Client("pier", this).RunAsync("ps", "-aq");
                if (all.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids)
                    await new Client("pier", this).RunAsync(["rm", "-f", .. ids]);
            }
        }
        finally
        {
            Stop();
            KillRest();
            RemoveGroups();
            await RemoveBridgesAsync();
            await UnmountRestAsync();
            Delete();
        }
    }

    /// <summary>Starts the daemon's process, as after a crash.</summary>
    public void Start()
    {
        var number = Convert.FromHexString(_tag);
        string[] command = [.. Launcher, Binary];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "daemon",
                "--data-root",
                System.IO.Path.Combine(Directory, "data"),
                "--exec-root",
                System.IO.Path.Combine(Directory, "exec"),
                "-H",
                Host,
                "--bridge",
                "pt" + _tag,
                "--bip",
                $"10.{128 + number[1] % 64}.{number[0]}.1/24",
                "--cgroup-parent",
                "/" + CgroupName,
            },
        };
        foreach (var argument in MoreArguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_log)
                _log.Add(e.Data ?? "");
        };
        _process.OutputDataReceived += (_, e) =>
        {
            lock (_log)
                _log.Add(e.Data ?? "");
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Ends the daemon in order and starts it again; its containers live on.</summary>
    public async Task RestartAsync()
    {
        Stop();
        Start();
        await WaitUntilReadyAsync();
    }

    /// <summary>Ends the daemon as a crash does.</summary>
    public void Crash()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public async Task WaitUntilReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < StartLimit)
        {
            if (_process!.HasExited)
                break;
            if (File.Exists(Socket) && (await new Client("pier", this).RunAsync("version")).Code == 0)
                return;
            await Task.Delay(20);
        }
        throw new InvalidOperationException($"the daemon did not start:\n{Log}");
    }

    /// <summary>What the daemon wrote.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    /// <summary>
    /// The process of this daemon's supervisor pair that has a word in its command line; for "supervisor", the one without "--serve".
    /// </summary>
    public int SupervisorPid(string word)
    {
        foreach (var process in System.IO.Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out var pid))
                continue;
            string[] words;
            try
            {
                words = File.ReadAllText(process + "/cmdline").Split('\0');
            }
            catch (IOException)
            {
                continue;
            }
            if (!words.Contains("supervisor") || !words.Contains(Path.Combine(Directory, "exec")))
                continue;
            if (words.Contains("--serve") == (word == "--serve"))
                return pid;
        }
        throw new InvalidOperationException($"no supervisor process with {word} below {Directory}");
    }

    /// <summary>Kills, and returns when the process is gone, or a zombie: its locks and sockets are free then.</summary>
    public static void Kill(int pid)
    {
        using var kill = Process.Start("kill", ["-KILL", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        for (var i = 0; i < 200 && Lives(pid); i++)
            Thread.Sleep(10);
    }

    static bool Lives(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    void Stop()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            Signal(_process.Id, "TERM");
        if (!_process.WaitForExit(10_000))
            _process.Kill();
        _process.Dispose();
    }

    /// <summary>
    /// The supervisor, its keeper and the relay outlive their daemon by design, and the two first bring each other back: whoever names this
    /// daemon's directory in its command line is ended, until nobody does.
    /// </summary>
    void KillRest()
    {
        for (var round = 0; round < 50; round++)
        {
            var rest = Processes();
            if (rest.Count == 0)
                return;
            foreach (var id in rest)
                Signal(id, "KILL");
            Thread.Sleep(20);
        }
    }

    List<int> Processes()
    {
        var found = new List<int>();
        foreach (var directory in System.IO.Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(System.IO.Path.GetFileName(directory), out var id) || id == Environment.ProcessId)
                continue;
            try
            {
                var line = File.ReadAllText(directory + "/cmdline");
                if (
                    line.Contains(Directory, StringComparison.Ordinal)
                    && (line.Contains("supervisor", StringComparison.Ordinal) || line.Contains("\0relay\0", StringComparison.Ordinal))
                )
                    found.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }
        return found;
    }

    /// <summary>What still runs in this daemon's control groups, and the groups themselves.</summary>
    void RemoveGroups()
    {
        foreach (
            var root in System
                .IO.Directory.GetDirectories("/sys/fs/cgroup")
                .Append("/sys/fs/cgroup")
                .Select(d => System.IO.Path.Combine(d, "pier-test-" + _tag))
                .Where(System.IO.Directory.Exists)
        )
        {
            var groups = System
                .IO.Directory.GetDirectories(root, "*", SearchOption.AllDirectories)
                .Append(root)
                .OrderByDescending(d => d.Length)
                .ToArray();
            foreach (var group in groups)
            foreach (var line in File.ReadAllLines(group + "/cgroup.procs"))
                if (int.TryParse(line, out var id) && id > 1)
                    Signal(id, "KILL");
            foreach (var group in groups)
                RemoveGroup(group);
        }
    }

    // Networks of a test that failed: each takes one of the host's address pools from the tests after it.
    async Task RemoveBridgesAsync()
    {
        foreach (var device in System.IO.Directory.GetDirectories("/sys/class/net", "br-*"))
        {
            try
            {
                if (File.ReadAllText(device + "/ifalias").Trim() == "pier-pt" + _tag)
                    await Commands.RunAsync("ip", "link", "delete", System.IO.Path.GetFileName(device));
            }
            catch (IOException)
            {
                // Gone with the daemon of another test.
            }
        }
    }

    static void RemoveGroup(string group)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                System.IO.Directory.Delete(group);
                return;
            }
            catch (IOException)
            {
                // Its processes are still ending.
                Thread.Sleep(20);
            }
        }
    }

    async Task UnmountRestAsync()
    {
        var mounts = File.ReadLines("/proc/self/mountinfo")
            .Select(l => l.Split(' ')[4])
            .Where(m => m.StartsWith(Directory, StringComparison.Ordinal))
            .Reverse()
            .ToArray();
        foreach (var mount in mounts)
            await Commands.RunAsync("umount", "-l", mount);
        await Commands.RunAsync("ip", "link", "del", "pt" + _tag);
        if (File.Exists("/usr/sbin/nft"))
            await Commands.RunAsync("nft", "delete", "table", "inet", "pier-pt" + _tag);
        if (File.Exists("/usr/sbin/nft"))
            await Commands.RunAsync("nft", "delete", "table", "inet", "pier-pt" + _tag);
    }

    void Delete()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (IOException)
        {
            // Something is still being unmounted; the directory is in the temporary one.
        }
    }

    static void Signal(int id, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{id}"]);
        kill.WaitForExit();
    }

    static void WriteBusybox(string archive)
    {
        using var file = File.Create(archive);
        using var tar = new TarWriter(file);
        foreach (var directory in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "root"])
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory) { Mode = (UnixFileMode)0b111_101_101 });
        tar.WriteEntry("/bin/busybox", "bin/busybox");
        using var list = Process.Start(new ProcessStartInfo("/bin/busybox", ["--list"]) { RedirectStandardOutput = true })!;
        while (list.StandardOutput.ReadLine() is { } applet)
            if (applet != "busybox")
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
    }

    internal static string RepositoryRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(directory, "Directory.Packages.props")))
            directory = System.IO.Path.GetDirectoryName(directory)!;
        return directory;
    }
}
