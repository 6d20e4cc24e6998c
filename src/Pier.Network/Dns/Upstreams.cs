using System.Net;

namespace Pier.Network.Dns;

/// <summary>DNS servers for names that are not a container's.</summary>
/// <param name="Servers">In the order in which they are asked.</param>
/// <param name="FromHost">They are the host's own (and may be its loopback's): the daemon asks them. Otherwise they are asked from inside
/// the container.</param>
public sealed record Upstreams(IReadOnlyList<IPAddress> Servers, bool FromHost)
{
    public static readonly Upstreams None = new([], FromHost: true);
}
