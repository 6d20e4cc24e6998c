using Pier.Build.Dockerfiles;
using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>"# syntax=": which language a file is written in. Dockerfiles are the one that is understood, in any version.</summary>
static class SyntaxDirective
{
    /// <summary>Throws <see cref="UnsupportedException"/> for another language; BUILDKIT_SYNTAX goes before what the file says.</summary>
    public static void Check(Dockerfile file, DockerfileInput input)
    {
        var syntax = input.Arguments.GetValueOrDefault("BUILDKIT_SYNTAX") ?? file.Directives.Syntax;
        if (syntax is null)
            return;
        var name = ImageReference.TryParse(syntax.Split(' ')[0], out var reference) ? reference.Name : syntax;
        if (name is not ("docker.io/docker/dockerfile" or "docker.io/docker/dockerfile-upstream"))
            throw new UnsupportedException($"syntax {syntax}: only docker/dockerfile is understood, other frontends are not run");
    }
}
