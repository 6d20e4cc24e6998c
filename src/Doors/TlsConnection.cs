using System.IO.Pipelines;
using System.Net.Security;

namespace Pier.Doors;

/// <summary>A connection's TLS, for who takes the connection over from HTTP.</summary>
sealed class TlsConnection(SslStream stream, PipeReader wire)
{
    /// <summary>Tells the peer that no more follows (close_notify); what it sends still comes.</summary>
    public async ValueTask ShutdownAsync() => await stream.ShutdownAsync();

    /// <summary>
    /// Waits, after the end of the input, until the peer has closed its side of the wire: then it has all that was sent. Nothing else
    /// tells, since the transport sends in the background.
    /// </summary>
    public async ValueTask UntilClosedAsync(CancellationToken ct)
    {
        while (true)
        {
            var read = await wire.ReadAsync(ct);
            wire.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
