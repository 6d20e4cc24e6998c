namespace Pier.Cli.CommandLines;

/// <summary>A command: its words, options, argument counts, and what it does.</summary>
sealed record CommandSpec
{
    /// <summary>"run", or "container ls".</summary>
    public required string Name { get; init; }

    /// <summary>What follows the name in the usage line.</summary>
    public required string Usage { get; init; }

    public required string Summary { get; init; }

    /// <summary>What help says below the summary, before aliases and options; each {0} is the program and the command's name.</summary>
    public string Details { get; init; } = "";

    /// <summary>All its names, the longest first, for help; empty when there is only one.</summary>
    public string[] Aliases { get; init; } = [];

    public OptionSpec[] Options { get; init; } = [];

    public int MinimumArguments { get; init; }

    /// <summary>-1 for no limit.</summary>
    public int MaximumArguments { get; init; } = -1;

    /// <summary>Options may stand after arguments. Not so where the arguments are a command for a container.</summary>
    public bool Interspersed { get; init; } = true;

    public required Func<Invocation, int> Run { get; init; }
}
