using Pier.Model;

namespace Pier.Contracts;

/// <summary>
/// What POST /containers/create carries beside the ContainerConfig, whose fields stand at the top level of the same object: read
/// the body once as each.
/// </summary>
public sealed record CreateContainerParts
{
    public HostConfig? HostConfig { get; init; }
    public NetworkingConfig? NetworkingConfig { get; init; }
}

/// <summary>201 of POST /containers/create.</summary>
public sealed record CreateContainerResponse(string Id, IReadOnlyList<string> Warnings);
