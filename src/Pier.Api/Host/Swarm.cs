using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Host;

/// <summary>Pier has no swarm mode: what asks for its objects hears what it hears from a Docker that is in no swarm.</summary>
static class Swarm
{
    public static Task RefuseAsync(ApiRequest request) =>
        throw new UnavailableException(
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again."
        );

    public static Task CannotLeaveAsync(ApiRequest request) => throw new UnavailableException("This node is not part of a swarm");

    public static Task NoClusterVolumesAsync(ApiRequest request) =>
        throw new UnavailableException("volume update only valid for cluster volumes, but swarm is unavailable");

    public static Task CannotBeginAsync(ApiRequest request) => throw new UnsupportedException("swarm mode is not supported by Pier");
}
