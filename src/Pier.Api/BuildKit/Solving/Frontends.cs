using Pier.Contracts.Grpc;

namespace Pier.Api.BuildKit.Solving;

/// <summary>Which frontend a client asks for: the Dockerfile's is built in, under its own name and as the image that carries it.</summary>
static class Frontends
{
    public static FrontendBuild Read(string frontend, IDictionary<string, string> attributes)
    {
        if (
            frontend != "dockerfile.v0"
            && !(frontend == "gateway.v0" && attributes.TryGetValue("source", out var source) && IsDockerfile(source))
        )
            throw new GrpcException(
                GrpcCode.Unimplemented,
                $"frontend {(frontend == "gateway.v0" && attributes.TryGetValue("source", out var other) ? other : frontend)} is not supported: Pier builds Dockerfiles (dockerfile.v0)"
            );
        return FrontendOptions.Read(new Dictionary<string, string>(attributes)) with { Question = Reviews.Read(attributes) };
    }

    public static GrpcException NoDefinitions() =>
        new(
            GrpcCode.Unimplemented,
            "build definitions (LLB) of other frontends are not supported: Pier builds Dockerfiles (dockerfile.v0)"
        );

    // docker/dockerfile:1, docker.io/docker/dockerfile-upstream@sha256:...
    static bool IsDockerfile(string image)
    {
        var name = image.Split('@', ':')[0];
        if (name.StartsWith("docker.io/", StringComparison.Ordinal))
            name = name["docker.io/".Length..];
        return name is "docker/dockerfile" or "docker/dockerfile-upstream";
    }
}
