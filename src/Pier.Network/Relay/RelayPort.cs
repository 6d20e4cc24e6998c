using System.Net;

namespace Pier.Network.Relay;

/// <summary>A published port: what arrives at its socket goes to the target.</summary>
abstract class RelayPort : IDisposable
{
    /// <summary>The container's address and port, for what begins from now on.</summary>
    public required IPEndPoint Target { get; set; }

    /// <summary>About once a second while something waits for time; <paramref name="now"/> in milliseconds.</summary>
    public abstract void Tick(long now);

    /// <summary>Frees the host port and ends what goes through it.</summary>
    public abstract void Dispose();
}
