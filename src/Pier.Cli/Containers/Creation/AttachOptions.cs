using Pier.Cli.CommandLines;

namespace Pier.Cli.Containers.Creation;

/// <summary>Which streams are attached: -a, or all but a standard input that nobody asked for.</summary>
sealed record AttachOptions(bool Stdin, bool Stdout, bool Stderr)
{
    public static AttachOptions Read(ParsedLine line, bool detached)
    {
        var asked = line.List("attach");
        if (asked.Count == 0)
            return new AttachOptions(line.Flag("interactive") && !detached, !detached, !detached);
        foreach (var stream in asked)
            if (stream.ToLowerInvariant() is not ("stdin" or "stdout" or "stderr"))
                throw new UsageFailure(
                    $"invalid argument \"{stream}\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR"
                );
        bool Has(string stream) => asked.Contains(stream, StringComparer.OrdinalIgnoreCase);
        return new AttachOptions(Has("stdin"), Has("stdout"), Has("stderr"));
    }
}
