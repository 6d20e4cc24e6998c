using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Pier.Doors;

/// <summary>A socket's errors in the words that Kestrel and its applications know.</summary>
static class SocketErrors
{
    public static Exception Translate(Exception error) =>
        error switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted } =>
                new ConnectionResetException(error.Message, error),
            SocketException { SocketErrorCode: SocketError.OperationAborted } or ObjectDisposedException => new ConnectionAbortedException(
                "the connection was closed",
                error
            ),
            _ => new IOException(error.Message, error),
        };
}
