using System.Net;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;

namespace Pier.Network;

/// <summary>A network as `network ls` and `network inspect` show it.</summary>
/// <param name="Id">64 hex digits.</param>
/// <param name="Name">"bridge", "host" or "none".</param>
/// <param name="Driver">"bridge", "host" or "null".</param>
/// <param name="Created">When the daemon made it.</param>
/// <param name="Subnet">Subnet of its addresses, bridge only.</param>
/// <param name="Gateway">The bridge's address, bridge only.</param>
/// <param name="Options">Docker's driver options (com.docker.network.bridge.name and the like).</param>
/// <param name="Endpoints">Who is attached now.</param>
public sealed record NetworkDescription(
    string Id, string Name, string Driver, DateTimeOffset Created, Subnet? Subnet, IPAddress? Gateway,
    IReadOnlyDictionary<string, string> Options, IReadOnlyList<EndpointRecord> Endpoints);
