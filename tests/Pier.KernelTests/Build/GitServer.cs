using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Pier.KernelTests.Build;

/// <summary>Repositories in a directory of their own, served by git-daemon on loopback.</summary>
sealed class GitServer : IDisposable
{
    readonly Process _daemon;

    public GitServer()
    {
        Root = Directory.CreateTempSubdirectory("pier-git-").FullName;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        _daemon = Process.Start(
            "git",
            ["daemon", "--listen=127.0.0.1", $"--port={Port}", $"--base-path={Root}", "--export-all", "--reuseaddr", Root]
        );
        for (var i = 0; i < 200; i++)
        {
            try
            {
                using var probe = new TcpClient();
                probe.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(50);
            }
        }
        throw new InvalidOperationException("git daemon does not listen");
    }

    public string Root { get; }
    public int Port { get; }

    public string Address(string name) => $"git://127.0.0.1:{Port}/{name}";

    /// <summary>Runs git in a repository; the answer is its output.</summary>
    public string Git(string repository, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "git",
            ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", .. arguments]
        )
        {
            WorkingDirectory = Path.Combine(Root, repository),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {errors.Result}");
        return output.Trim();
    }

    /// <summary>Makes a repository with a commit for each set of files.</summary>
    public void Make(string name, params (string Path, string Text)[][] commits)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        Git(name, "init", "--quiet");
        foreach (var files in commits)
        {
            foreach (var (path, text) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, path))!);
                File.WriteAllText(Path.Combine(directory, path), text);
            }
            Git(name, "add", "--all");
            Git(name, "commit", "--quiet", "--message", "a commit");
        }
    }

    public void Dispose()
    {
        _daemon.Kill(entireProcessTree: true);
        _daemon.WaitForExit();
        _daemon.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
