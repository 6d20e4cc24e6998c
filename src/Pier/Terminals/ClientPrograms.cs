using System.Net.Sockets;
using Pier.Cli.Transport;
using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Processes;

namespace Pier.Terminals;

/// <summary>Programs that carry the client's connections.</summary>
static class ClientPrograms
{
    public static StartedProgram Start(IReadOnlyList<string> command)
    {
        var path = SearchPath.Find(command[0]) ?? throw new IOException($"exec: \"{command[0]}\": executable file not found in $PATH");
        try
        {
            var program = SocketProgram.Start([path, .. command.Skip(1)]);
            var socket = new Socket(new SafeSocketHandle(program.Socket.DangerousGetHandle(), ownsHandle: true));
            program.Socket.SetHandleAsInvalid();
            return new StartedProgram(socket, limit => End(program, limit));
        }
        catch (LinuxException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    static (string, string)? End(SocketProgram program, TimeSpan limit) =>
        program.WaitForEnd(limit) is var (status, errors)
            ? (status.Signal is { } signal ? $"signal {signal}" : $"exit status {status.Code}", errors)
            : null;
}
