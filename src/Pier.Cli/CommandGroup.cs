using Pier.Cli.CommandLines;

namespace Pier.Cli;

/// <summary>A management command: its one or two words, and which command the next word names.</summary>
sealed record CommandGroup(string Name, string Summary, string[] Commands, Func<string, CommandSpec?> Find)
{
    public int Words => Name.Split(' ').Length;
}
