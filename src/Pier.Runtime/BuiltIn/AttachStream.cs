using System.Net.Sockets;

namespace Pier.Runtime;

/// <summary>An attached connection; what is written goes to the process's stdin.</summary>
public sealed class AttachStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Ends the input; output goes on.</summary>
    public void CloseInput()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side is gone already.
        }
    }
}
