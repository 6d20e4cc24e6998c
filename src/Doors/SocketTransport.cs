using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Pier.Doors;

/// <summary>
/// Sockets under Kestrel, in place of its own transport, which reads 4 KiB at a time and keeps the memory of its busiest moment for ever
/// (decision 0040). Unix sockets and TCP.
/// </summary>
sealed class SocketTransport : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(SocketListener.Bind(endpoint));
}
