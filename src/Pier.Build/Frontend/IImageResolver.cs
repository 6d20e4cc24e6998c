using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>Finds the images that a Dockerfile names: in the store, or in a registry.</summary>
public interface IImageResolver
{
    /// <summary>
    /// Finds an image by what the file says of it (a name, an id or the beginning of one); with <paramref name="pull"/> it asks the
    /// registry even when the
    /// store has one. Layers need not be there yet when it answers. Throws the EngineException family in Docker's words.
    /// </summary>
    Task<ResolvedImage> ResolveAsync(string reference, Platform platform, bool pull, CancellationToken ct);
}

/// <summary>What an image's name means now.</summary>
/// <param name="Id">The image's id in the store, or its manifest's digest.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Tree">Its layers, where a build made them and holds them, and no image of the store has them; null otherwise.</param>
public sealed record ResolvedImage(Digest Id, ImageConfig Config, BuiltTree? Tree = null);
