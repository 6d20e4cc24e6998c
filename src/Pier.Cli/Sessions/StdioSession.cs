using System.Net.Sockets;
using Pier.Cli.Terminals;
using Pier.Cli.Transport;

namespace Pier.Cli.Sessions;

/// <summary>A hijacked connection joined to the client's own standard streams until the process ends or the user detaches.</summary>
sealed class StdioSession(CliEnvironment environment, DaemonAnswer answer, bool tty, bool withInput, byte[] detachKeys)
{
    /// <summary>What attach and exec end with, code 1, when the user detached: nobody shall take that for the process's end.</summary>
    public const string Detached = "read escape sequence";

    const int BufferSize = 256 * 1024;

    volatile bool _detached;

    /// <summary>Pumps. True when the user detached, false when the stream ended.</summary>
    public bool Run()
    {
        using var raw = tty && withInput && environment.Terminal.IsInputTerminal ? environment.Terminal.EnterRaw() : null;
        if (withInput)
            new Thread(PumpInput) { IsBackground = true, Name = "stdin" }.Start();
        var buffer = new byte[BufferSize];
        var frames = new FrameReader(environment.Output, environment.Error);
        while (true)
        {
            var count = ReadOutput(buffer);
            if (count == 0)
                break;
            if (tty)
                environment.Output.Write(buffer.AsSpan(0, count));
            else
                frames.Push(buffer.AsSpan(0, count));
        }
        return _detached;
    }

    int ReadOutput(byte[] buffer)
    {
        try
        {
            return answer.Connection.ReadRaw(buffer);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // A detach, or a daemon that went away: the exit status will tell.
            return 0;
        }
    }

    void PumpInput()
    {
        var buffer = new byte[32 * 1024];
        var kept = new byte[buffer.Length + detachKeys.Length];
        var keys = tty ? new DetachKeys(detachKeys) : null;
        try
        {
            int count;
            while ((count = environment.Input.Read(buffer)) > 0)
            {
                if (keys is null)
                {
                    answer.Connection.WriteRaw(buffer.AsSpan(0, count));
                    continue;
                }
                var detach = keys.Filter(buffer.AsSpan(0, count), kept, out var written);
                if (written > 0)
                    answer.Connection.WriteRaw(kept.AsSpan(0, written));
                if (!detach)
                    continue;
                _detached = true;
                answer.Connection.Abort();
                return;
            }
            answer.Connection.CloseWrite();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The process takes no more input, or our own input broke; its output goes on.
        }
    }
}
