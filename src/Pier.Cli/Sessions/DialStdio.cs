using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Sessions;

/// <summary>pier system dial-stdio: joins standard input and output with the daemon's socket, at the far end of a client's ssh.</summary>
static class DialStdio
{
    const int Piece = 64 * 1024;

    public static CommandSpec Spec =>
        new()
        {
            Name = "system dial-stdio",
            Usage = "",
            Summary = "Proxy the stdio stream to the daemon connection. Should not be invoked manually.",
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        using var connection = call.Client.Dial();
        new Thread(() => Send(call.Environment.Input, connection)) { IsBackground = true }.Start();
        var buffer = new byte[Piece];
        // The daemon's end ends it all; that of the input is only passed on.
        while (connection.ReadRaw(buffer) is > 0 and var count)
            call.Environment.Output.Write(buffer.AsSpan(0, count));
        return 0;
    }

    static void Send(Stream input, DaemonConnection connection)
    {
        var buffer = new byte[Piece];
        try
        {
            while (input.Read(buffer) is > 0 and var count)
                connection.WriteRaw(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The daemon has closed: the other direction says the rest.
        }
        connection.CloseWrite();
    }
}
