using Pier.Cli.CommandLines;

namespace Pier.Cli;

/// <summary>Options before the command.</summary>
static class GlobalOptions
{
    public static OptionSpec[] Table(string directory) =>
        [
            new("config", '\0', "string", $"Location of client config files (default \"{directory}\")"),
            new(
                "context",
                'c',
                "string",
                "Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with \"docker context use\")"
            ),
            new("debug", 'D', "", "Enable debug mode"),
            new("host", 'H', "list", "Daemon socket to connect to"),
            new(
                "log-level",
                'l',
                "string",
                "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\") (default \"info\")"
            ),
            new("tls", '\0', "", "Use TLS; implied by --tlsverify"),
            new("tlscacert", '\0', "string", $"Trust certs signed only by this CA (default \"{directory}/ca.pem\")"),
            new("tlscert", '\0', "string", $"Path to TLS certificate file (default \"{directory}/cert.pem\")"),
            new("tlskey", '\0', "string", $"Path to TLS key file (default \"{directory}/key.pem\")"),
            new("tlsverify", '\0', "", "Use TLS and verify the remote"),
            new("version", 'v', "", "Print version information and quit"),
        ];

    /// <summary>The global options and the words from the command on; null after a message about wrong ones.</summary>
    public static (ParsedLine? Global, string[] Words) Split(string[] arguments, CliEnvironment environment, TextWriter error)
    {
        try
        {
            var line = new LineParser(Table(""), interspersed: false).Parse(arguments);
            return (line, [.. line.Arguments]);
        }
        catch (UsageFailure e)
        {
            error.WriteLine(
                $"{e.Message}\n\nUsage:  {environment.Program} [OPTIONS] COMMAND [ARG...]\n\nRun '{environment.Program} --help' for more information"
            );
            return (null, []);
        }
    }
}
