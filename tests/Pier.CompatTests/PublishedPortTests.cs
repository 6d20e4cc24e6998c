using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pier.CompatTests;

/// <summary>
/// Published ports as the host's processes reach them, over IPv4 and IPv6, with real servers; what the relay does (decision 0033).
/// </summary>
public sealed class PublishedPortTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _name = "p" + Guid.NewGuid().ToString("N")[..8];

    /// <summary>nginx, socat and perl.</summary>
    const string Image = "servers:debian";

    async Task<Client> ClientAsync()
    {
        var client = new Client("docker", daemon);
        Skip.If(client.Missing is not null, client.Missing);
        if ((await client.RunAsync("image", "inspect", Image)).Code != 0)
            await DebianImage.ImportAsync(client, Image, "nginx-light", "socat", "perl-base");
        return client;
    }

    /// <summary>The page that a server gives, asked for until it does; the last error when it never does.</summary>
    static async Task<string> Get(string url, params string[] options)
    {
        for (var i = 0; ; i++)
        {
            var answer = await Commands.RunAsync("curl", ["-sS", "-m", "5", "--noproxy", "*", .. options, url]);
            if (answer.Code == 0)
                return answer.Out.Trim();
            if (i == 100)
                return answer.Error;
            await Task.Delay(100);
        }
    }

    static async Task<bool> Refused(string host, int port) =>
        (await Commands.RunAsync("curl", ["-sS", "-m", "5", "--noproxy", "*", $"http://{host}:{port}/"])).Code == 7;

    string Pages(string content)
    {
        var directory = Directory.CreateDirectory(Path.Combine(daemon.Directory, "www" + _name)).FullName;
        File.WriteAllText(Path.Combine(directory, "index.html"), content);
        return directory;
    }

    static readonly string[] Nginx =
    [
        "sh",
        "-c",
        "mkdir -p /var/log/nginx /var/lib/nginx /run; printf 'daemon off; user root; events {} http { server { listen 80; listen [::]:80 ipv6only=on; root /www; } }' > /n; exec nginx -c /n",
    ];
    static readonly string[] Nginx4 =
    [
        "sh",
        "-c",
        "mkdir -p /var/log/nginx /var/lib/nginx /run; printf 'daemon off; user root; events {} http { server { listen 80; root /www; } }' > /n; exec nginx -c /n",
    ];

    [SkippableFact]
    public async Task Localhost_reaches_a_container_of_either_kind_over_both_families()
    {
        var client = await ClientAsync();
        var pages = Pages(_name);
        foreach (var dual in (bool[])[false, true])
        {
            var port = FreePorts.Everywhere();
            if (dual)
                await client.OkAsync("network", "create", "--ipv6", _name);
            var id = await client.OkAsync([
                "run",
                "-d",
                "--network",
                dual ? _name : "bridge",
                "-p",
                $"{port}:80",
                "-v",
                pages + ":/www",
                Image,
                .. dual ? Nginx : Nginx4,
            ]);
            Assert.Equal(_name, await Get($"http://localhost:{port}/", "-4"));
            Assert.Equal(_name, await Get($"http://localhost:{port}/", "-6"));
            Assert.Equal(_name, await Get($"http://[::1]:{port}/"));
            Assert.Equal(
                $"0.0.0.0:{port}->80/tcp, [::]:{port}->80/tcp",
                await client.OkAsync("ps", "--filter", "id=" + id, "--format", "{{.Ports}}")
            );
            Assert.Equal(
                $"0.0.0.0 {port} :: {port} ",
                await client.OkAsync(
                    "inspect",
                    "-f",
                    "{{range index .NetworkSettings.Ports \"80/tcp\"}}{{.HostIp}} {{.HostPort}} {{end}}",
                    id
                ) + " "
            );
            await client.OkAsync("rm", "-f", id);
            Assert.True(await Refused("127.0.0.1", port) && await Refused("[::1]", port));
        }

        await client.OkAsync("network", "rm", _name);
    }

    [SkippableFact]
    public async Task A_host_address_of_either_family_is_published_alone()
    {
        var client = await ClientAsync();
        var pages = Pages(_name);
        var ports = Enumerable.Range(0, 3).Select(_ => FreePorts.Everywhere()).ToArray();
        var id = await client.OkAsync([
            "run",
            "-d",
            "-p",
            $"[::1]:{ports[0]}:80",
            "-p",
            $"127.0.0.1:{ports[1]}:80",
            "-p",
            $"[::]:{ports[2]}:80",
            "-v",
            pages + ":/www",
            Image,
            .. Nginx4,
        ]);
        Assert.Equal(_name, await Get($"http://[::1]:{ports[0]}/"));
        Assert.True(await Refused("127.0.0.1", ports[0]));
        Assert.Equal(_name, await Get($"http://127.0.0.1:{ports[1]}/"));
        Assert.True(await Refused("[::1]", ports[1]));
        Assert.Equal(_name, await Get($"http://[::1]:{ports[2]}/"));
        Assert.True(await Refused("127.0.0.1", ports[2]));
        await client.OkAsync("rm", "-f", id);
    }

    // Not socat: of 1.7.4, children that were forked at datagrams take each other's, and its parent waits for ever.
    const string EchoDatagrams =
        "$s = IO::Socket::INET->new(LocalPort => 53, Proto => 'udp') or die $!; $s->send($d, 0, $p) while defined($p = $s->recv($d, 65536))";

    [SkippableFact]
    public async Task Datagrams_are_answered_from_where_they_were_sent_to()
    {
        var client = await ClientAsync();
        var port = FreePorts.Everywhere();
        var id = await client.OkAsync("run", "-d", "-p", $"{port}:53/udp", Image, "perl", "-MIO::Socket::INET", "-e", EchoDatagrams);
        // Two peers at once.
        foreach (var size in (int[])[1, 1000, 8000])
        {
            using var one = Udp(port);
            using var other = Udp(port);
            Assert.Equal(size, await Echo(one, size));
            Assert.Equal(size, await Echo(other, size));
            Assert.Equal(size, await Echo(one, size));
        }

        await client.OkAsync("rm", "-f", id);
    }

    static Socket Udp(int port)
    {
        // Connected: an answer from another address than ::1 would not be received.
        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.IPv6Loopback, port));
        return socket;
    }

    /// <summary>Length of the answer; asks again while the server starts.</summary>
    static async Task<int> Echo(Socket socket, int size)
    {
        for (var i = 0; i < 100; i++)
        {
            await socket.SendAsync(new byte[size]);
            using var limit = new CancellationTokenSource(300);
            try
            {
                return await socket.ReceiveAsync(new byte[65536], limit.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException) { }
        }

        return -1;
    }

    [SkippableFact]
    public async Task An_open_connection_outlives_the_daemon_and_carries_every_byte()
    {
        var client = await ClientAsync();
        var port = FreePorts.Everywhere();
        var id = await client.OkAsync("run", "-d", "-p", $"{port}:7", Image, "socat", "TCP4-LISTEN:7,fork,reuseaddr", "EXEC:cat");
        using var socket = await ConnectAsync(port);
        await Exchange(socket, 100_000);
        daemon.Crash();
        await Exchange(socket, 3_000_000);
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        await Exchange(socket, 3_000_000);
        // A new one as well, and the end of one direction is passed on while the other goes on.
        using var second = await ConnectAsync(port);
        await Exchange(second, 1000);
        var read = ReadAllAsync(second);
        await second.SendAsync("last words"u8.ToArray());
        second.Shutdown(SocketShutdown.Send);
        Assert.Equal("last words", await read);
        await Exchange(socket, 1000);

        // A killed relay costs its connections; the ports come back by themselves.
        using (var kill = System.Diagnostics.Process.Start("kill", ["-KILL", $"{Relay()}"]))
            await kill.WaitForExitAsync();
        using var third = await ConnectAsync(port);
        await Exchange(third, 1000);
        await client.OkAsync("rm", "-f", id);
        Assert.True(await Refused("[::1]", port));
    }

    [SkippableFact]
    public async Task The_relay_ends_after_its_last_port_and_a_port_of_a_dead_container_is_closed_by_the_next_daemon()
    {
        var client = await ClientAsync();
        var port = FreePorts.Everywhere();
        var id = await client.OkAsync("run", "-d", "-p", $"{port}:80", "busybox", "sleep", "600");
        for (var i = 0; i < 200 && Relay() is null; i++)
            await Task.Delay(50);
        Assert.NotNull(Relay());
        var pid = await client.OkAsync("inspect", "-f", "{{.State.Pid}}", id);
        daemon.Crash();
        using (var kill = System.Diagnostics.Process.Start("kill", ["-KILL", pid]))
            await kill.WaitForExitAsync();
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        for (var i = 0; i < 200 && !await Refused("[::1]", port); i++)
            await Task.Delay(50);
        Assert.True(await Refused("[::1]", port));
        for (var i = 0; i < 600 && Relay() is not null; i++)
            await Task.Delay(50);
        Assert.Null(Relay());
        await client.OkAsync("rm", "-f", id);
    }

    /// <summary>Process of this daemon's relay, or null.</summary>
    int? Relay()
    {
        foreach (var process in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out var pid))
                continue;
            try
            {
                if (File.ReadAllText(process + "/cmdline").Contains($"\0relay\0{daemon.Directory}", StringComparison.Ordinal))
                    return pid;
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return null;
    }

    /// <summary>A connection over which an echo comes back: the server may be starting still.</summary>
    static async Task<Socket> ConnectAsync(int port)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, port), limit.Token);
                await socket.SendAsync("?"u8.ToArray(), limit.Token);
                if (await socket.ReceiveAsync(new byte[1], limit.Token) == 1)
                    return socket;
            }
            catch (Exception e) when (i < 100 && e is SocketException or OperationCanceledException) { }

            socket.Dispose();
            Assert.True(i < 100, "no echo");
            await Task.Delay(100);
        }
    }

    /// <summary>Sends random bytes and reads them back, both at once.</summary>
    static async Task Exchange(Socket socket, int size)
    {
        var sent = new byte[size];
        Random.Shared.NextBytes(sent);
        var received = new byte[size];
        var reading = Task.Run(async () =>
        {
            for (var at = 0; at < size; )
            {
                var count = await socket.ReceiveAsync(received.AsMemory(at));
                Assert.True(count > 0, $"the connection ended after {at} of {size} bytes");
                at += count;
            }
        });
        for (var at = 0; at < size; )
            at += await socket.SendAsync(sent.AsMemory(at));
        await reading.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    static async Task<string> ReadAllAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[100];
        while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }
}
