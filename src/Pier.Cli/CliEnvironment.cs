namespace Pier.Cli;

/// <summary>What the client takes from its process: standard streams, terminal, environment variables, time.</summary>
public sealed record CliEnvironment
{
    public required Stream Input { get; init; }
    public required Stream Output { get; init; }
    public required Stream Error { get; init; }
    public required ITerminal Terminal { get; init; }

    /// <summary>An environment variable, or null.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The names of all environment variables.</summary>
    public Func<IEnumerable<string>> VariableNames { get; init; } =
        () => Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal);

    public Func<DateTimeOffset> Now { get; init; } = () => DateTimeOffset.UtcNow;

    /// <summary>How commands that need no daemon reach registries; null where they cannot.</summary>
    public Registries.OpenRegistries? Registries { get; init; }

    /// <summary>How programs are started that carry a connection (ssh); null where they cannot.</summary>
    public Transport.StartProgram? Programs { get; init; }

    /// <summary>What usage texts call the program.</summary>
    public string Program { get; init; } = "pier";

    /// <summary>The client's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The source revision of the client.</summary>
    public string Revision { get; init; } = "";
}
