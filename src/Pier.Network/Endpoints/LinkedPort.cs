using System.Net;
using Pier.Network.Publishing;

namespace Pier.Network.Endpoints;

/// <summary>A port of a container that another one has a link to (--link); both are IPv4 addresses on the default bridge.</summary>
public sealed record LinkedPort(IPAddress From, IPAddress To, TransportProtocol Protocol, int Port);
