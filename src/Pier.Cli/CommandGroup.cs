using Pier.Cli.CommandLines;

namespace Pier.Cli;

/// <summary>A management command: its words, and which command a second word names.</summary>
sealed record CommandGroup(string Name, string Summary, string[] Commands, Func<string, CommandSpec?> Find);
