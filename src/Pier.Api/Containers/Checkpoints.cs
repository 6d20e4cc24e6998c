using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>Checkpoints are an experiment of Docker's, which Pier answers as a Docker without experiments does.</summary>
static class Checkpoints
{
    public static Task RefuseAsync(ApiRequest request) =>
        throw new UnsupportedException(
            "This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to enable it."
        );
}
