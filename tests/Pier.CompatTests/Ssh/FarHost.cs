using System.Diagnostics;

namespace Pier.CompatTests.Ssh;

/// <summary>
/// A host that is reached by ssh: OpenSSH's server in a container, with this machine's daemon behind it and one client in its PATH. Clients
/// get an `ssh` that knows its address and keys, as a user's ~/.ssh/config would.
/// </summary>
sealed class FarHost : IDaemon
{
    const string Image = "far:debian";

    readonly PierDaemon _daemon;
    readonly string _container;

    FarHost(PierDaemon daemon, string directory, string container) => (_daemon, Directory, _container) = (daemon, directory, container);

    public string Directory { get; }

    public string Host { get; init; } = "ssh://far";

    /// <summary>Its address with a socket's path there.</summary>
    public FarHost At(string host) => new(_daemon, Directory, _container) { Host = host };

    /// <summary>Starts one.</summary>
    /// <param name="daemon">The daemon that runs it, and that it gives.</param>
    /// <param name="mounts">Options of `run` that bring a client and the daemon's socket.</param>
    public static async Task<FarHost> StartAsync(PierDaemon daemon, params string[] mounts)
    {
        var pier = new Client("pier", daemon);
        if ((await pier.RunAsync("image", "inspect", Image)).Code != 0)
            await DebianImage.ImportAsync(pier, Image, "openssh-server", "zlib1g", "libssl3");
        var directory = System
            .IO.Directory.CreateDirectory(Path.Combine(daemon.Directory, "ssh" + Guid.NewGuid().ToString("N")[..8]))
            .FullName;
        foreach (var key in (string[])["host", "user"])
            await Commands.OkAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(directory, key));
        var port = FreePorts.Everywhere();
        var server = string.Join(
            ' ',
            "printf 'root:x:0:0::/root:/bin/sh\\nsshd:x:101:65534::/run/sshd:/nologin\\n' >/etc/passwd;",
            "mkdir -p /run/sshd; install -m 600 /keys/host /host;",
            "exec /usr/sbin/sshd -D -e -f /dev/null -h /host -o AuthorizedKeysFile=/keys/user.pub -o StrictModes=no"
        );
        var container = await pier.OkAsync([
            "run",
            "-d",
            "-p",
            $"127.0.0.1:{port}:22",
            "-v",
            directory + ":/keys:ro",
            .. mounts,
            Image,
            "sh",
            "-c",
            server,
        ]);
        var host = new FarHost(daemon, directory, container);
        host.Write("known", $"far {File.ReadAllText(Path.Combine(directory, "host.pub"))}");
        host.WriteConfiguration(port, "known");
        await host.WaitAsync();
        return host;
    }

    /// <summary>Which keys of hosts the user's ssh knows: a file of <see cref="Directory"/>.</summary>
    public void WriteConfiguration(int port, string known)
    {
        Write(
            "config",
            $"""
            Host far
                HostName 127.0.0.1
                HostKeyAlias far
                Port {port}
                User root
                IdentityFile {Directory}/user
                UserKnownHostsFile {Directory}/{known}
            Host *
                BatchMode yes
            """
        );
        Write("ssh", $"#!/bin/sh\nexec /usr/bin/ssh -F {Directory}/config \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(Directory, "ssh"), (UnixFileMode)0b111_101_101);
    }

    /// <summary>A client that goes there.</summary>
    public ProcessStartInfo Start(string client, params string[] arguments)
    {
        var start = new Client(client, this).Start(arguments);
        start.Environment["PATH"] = $"{Directory}:{Environment.GetEnvironmentVariable("PATH")}";
        return start;
    }

    public Task<CommandResult> RunAsync(string client, params string[] arguments) => RunAsync(null, client, arguments);

    public Task<CommandResult> RunAsync(byte[]? input, string client, params string[] arguments) =>
        Commands.RunAsync(Start(client, arguments), input);

    public async Task<string> OkAsync(string client, params string[] arguments)
    {
        var run = await RunAsync(client, arguments);
        Assert.True(run.Code == 0, $"{client} {string.Join(' ', arguments)}: exit {run.Code}: {run.Out}{run.Error}");
        return run.Out.Trim();
    }

    /// <summary>The ssh programs that use it now.</summary>
    public int Connections() =>
        System
            .IO.Directory.GetDirectories("/proc")
            .Count(process =>
            {
                try
                {
                    return File.ReadAllText(process + "/cmdline").StartsWith($"/usr/bin/ssh\0-F\0{Directory}/", StringComparison.Ordinal);
                }
                catch (IOException)
                {
                    return false;
                }
            });

    public Task EndAsync() => new Client("pier", _daemon).OkAsync("rm", "-f", _container);

    async Task WaitAsync()
    {
        for (var i = 0; ; i++)
        {
            var run = await Commands.RunAsync(Path.Combine(Directory, "ssh"), "far", "true");
            if (run.Code == 0)
                return;
            Assert.True(i < 100, run.Error);
            await Task.Delay(100);
        }
    }

    void Write(string name, string text) => File.WriteAllText(Path.Combine(Directory, name), text);
}
