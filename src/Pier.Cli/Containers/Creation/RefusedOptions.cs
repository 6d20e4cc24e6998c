using Pier.Cli.CommandLines;

namespace Pier.Cli.Containers.Creation;

/// <summary>Options that docker's help lists and that nothing behind Pier could honour.</summary>
static class RefusedOptions
{
    static readonly string[] Windows = ["cpu-count", "cpu-percent", "io-maxbandwidth", "io-maxiops"];

    public static void Check(ParsedLine line)
    {
        foreach (var option in Windows)
            if (line.Has(option))
                throw new CliFailure(
                    $"\"--{option}\" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux"
                );
    }
}
