using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Pier.KernelTests.Linux.Launch;
using Pier.Linux.Launch;
using Pier.Supervisor;

namespace Pier.KernelTests.Supervisor;

public class AttachTests
{
    static readonly ProcessStdio Interactive = new(OpenStdin: true, StdinOnce: true);

    [SkippableFact]
    public async Task Attached_before_the_launch_gets_the_first_byte_and_the_end()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var socket = await host.Client.AttachAsync(new AttachRequest("a", false, true, true));
        await host.ShellAsync("a", "echo one; echo two >&2; echo three");
        var frames = Demultiplex(await ReadToEnd(socket));
        Assert.Equal(("one\nthree\n", "two\n"), frames);
    }

    [SkippableFact]
    public async Task Half_close_ends_stdin_and_the_answer_still_arrives()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var socket = await host.Client.AttachAsync(new AttachRequest("cat", true, true, true));
        await host.ShellAsync("cat", "cat; echo end", Interactive);
        var input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")));
        var reading = ReadToEnd(socket);
        for (var sent = 0; sent < input.Length; )
            sent += await socket.SendAsync(input.AsMemory(sent, Math.Min(50_000, input.Length - sent)));
        socket.Shutdown(SocketShutdown.Send);
        var (output, _) = Demultiplex(await reading);
        Assert.Equal(Encoding.ASCII.GetString(input) + "end\n", output);
        Assert.Equal(0, (await host.ExitAsync("cat")).ExitCode);
    }

    [SkippableFact]
    public async Task A_terminal_echoes_resizes_and_detaches()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var socket = await host.Client.AttachAsync(new AttachRequest("tty", true, true, true, "ctrl-p,ctrl-q"));
        await host.ShellAsync(
            "tty",
            "stty size; read line; stty size; echo got $line; read rest; echo $rest; exit 5",
            new ProcessStdio(Tty: true, OpenStdin: true, Rows: 24, Columns: 80)
        );
        await ReadUntil(socket, "24 80\r\n");
        await host.Client.ResizeAsync("tty", 33, 101);
        await socket.SendAsync(Encoding.ASCII.GetBytes("hello\r"));
        await ReadUntil(socket, "33 101\r\ngot hello\r\n");
        await socket.SendAsync(new byte[] { 16 });
        await socket.SendAsync(new byte[] { 17 });
        await ReadToEnd(socket); // detached: the stream ends, the process goes on
        Assert.Null((await host.Client.ListAsync())[0].Exit);
        using var again = await host.Client.AttachAsync(new AttachRequest("tty", true, true, true));
        await again.SendAsync(Encoding.ASCII.GetBytes("last\r"));
        Assert.Contains("last\r\n", Encoding.ASCII.GetString(await ReadToEnd(again)));
        Assert.Equal(5, (await host.ExitAsync("tty")).ExitCode);
        Assert.Contains("got hello\r\n", host.LogText("tty"));
    }

    [SkippableFact]
    public async Task A_hundred_megabytes_arrive_exactly_over_attach_and_in_the_log()
    {
        await using var host = await SupervisorHost.StartAsync();
        const int Lines = 2_000_000;
        using var socket = await host.Client.AttachAsync(new AttachRequest("big", false, true, false));
        await host.ShellAsync("big", $"/usr/bin/seq -f 'the quick brown fox jumps over the lazy %09.0f' 1 {Lines}");
        var (output, _) = Demultiplex(await ReadToEnd(socket, 180));
        await host.ExitAsync("big", 120);
        Assert.Equal(Lines, output.Count(c => c == '\n'));
        Assert.StartsWith("the quick brown fox jumps over the lazy 000000001\n", output);
        Assert.EndsWith($"{Lines:d9}\n", output);
        Assert.Equal(output, host.LogText("big"));
    }

    [SkippableFact]
    public async Task A_slow_client_stops_its_own_process_only()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var slow = await host.Client.AttachAsync(new AttachRequest("slow", false, true, false));
        await host.ShellAsync("slow", "head -c 20000000 /dev/zero; echo; echo end", log: false);
        await Task.Delay(200);
        await host.ShellAsync("other", "echo other");
        Assert.Equal(0, (await host.ExitAsync("other")).ExitCode);
        Assert.Null((await host.Client.ListAsync()).Single(p => p.Key == "slow").Exit); // it waits for its client
        var (output, _) = Demultiplex(await ReadToEnd(slow));
        Assert.Equal(20_000_000 + 5, output.Length);
        Assert.Equal(0, (await host.ExitAsync("slow")).ExitCode);
    }

    [SkippableFact]
    public async Task Without_open_stdin_it_reads_as_ended_and_close_stdin_ends_an_open_one()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.ShellAsync("null", "cat; echo end");
        await host.ExitAsync("null");
        Assert.Equal("end\n", host.LogText("null"));
        await host.ShellAsync("open", "cat; echo end", new ProcessStdio(OpenStdin: true));
        await Task.Delay(50);
        Assert.Null((await host.Client.ListAsync()).Single(p => p.Key == "open").Exit);
        await host.Client.CloseStdinAsync("open");
        await host.ExitAsync("open");
        Assert.Equal("end\n", host.LogText("open"));
    }

    static async Task<byte[]> ReadToEnd(Socket socket, int seconds = 30)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    static async Task ReadUntil(Socket socket, string end)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = "";
        var buffer = new byte[4096];
        while (!text.Contains(end, StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer, limit.Token);
            Assert.True(count > 0, $"ended after: {text}");
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }
    }

    static (string Stdout, string Stderr) Demultiplex(byte[] frames)
    {
        var texts = new[] { new StringBuilder(), new StringBuilder() };
        for (var at = 0; at < frames.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(frames.AsSpan(at + 4));
            texts[frames[at] - 1].Append(Encoding.UTF8.GetString(frames, at + 8, length));
            at += 8 + length;
        }
        return (texts[0].ToString(), texts[1].ToString());
    }
}
