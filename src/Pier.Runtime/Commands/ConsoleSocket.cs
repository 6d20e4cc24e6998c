using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Sockets;

namespace Pier.Runtime.Commands;

/// <summary>Hands a terminal's master to whoever listens on --console-socket (SCM_RIGHTS, the name as the message).</summary>
static class ConsoleSocket
{
    public static void Send(string path, SafeFileHandle master)
    {
        try
        {
            using var socket = UnixSocket.Connect(SocketKind.Stream, path);
            if (SocketMessage.Send(socket, Encoding.UTF8.GetBytes("/dev/ptmx"), [master]).Errno is var errno and not 0)
                throw new LinuxException("sendmsg", errno, path);
        }
        catch (LinuxException e)
        {
            throw new CommandException($"console socket {path}: {e.Message}", inner: e);
        }
    }
}
