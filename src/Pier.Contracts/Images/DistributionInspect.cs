using Pier.Model;

namespace Pier.Contracts;

/// <summary>GET /distribution/{name}/json: what a registry has under a name.</summary>
public sealed record DistributionInspect(Descriptor Descriptor, IReadOnlyList<Platform> Platforms);
