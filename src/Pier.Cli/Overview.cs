using System.Text;
using Pier.Cli.CommandLines;

namespace Pier.Cli;

/// <summary>What the client says without a command, or with one that it does not know.</summary>
static class Overview
{
    public static int Print(CliEnvironment environment, string[] words)
    {
        if (words.Length > 0)
            return CliProgram.Run([.. words, "--help"], environment);
        var program = environment.Program;
        var text = new StringBuilder(
            $"Usage:  {program} [OPTIONS] COMMAND\n\nA container engine: build, ship and run any application\n\nCommon Commands:\n"
        );
        Append(text, "", CommandTable.CommonCommands);
        text.Append("\nManagement Commands:\n");
        foreach (var group in CommandTable.Groups.Where(g => g.Words == 1))
            text.Append("  ").Append(group.Name.PadRight(12)).Append(group.Summary).Append('\n');
        text.Append("\nCommands:\n");
        Append(text, "", CommandTable.OtherCommands);
        text.Append("\nGlobal Options:\n");
        var home = environment.Variable("HOME") ?? "/root";
        HelpText.AppendOptions(text, GlobalOptions.Table(Path.Combine(home, ".docker")), 80);
        text.Append($"\nRun '{program} COMMAND --help' for more information on a command.\n");
        Write(environment.Output, text);
        return 0;
    }

    /// <summary>A management command alone prints its list; an unknown word is an error.</summary>
    public static int Unknown(CliEnvironment environment, TextWriter error, string[] words)
    {
        var program = environment.Program;
        if (CommandTable.Group(words) is { } group)
        {
            var rest = words.AsSpan(group.Words);
            if (rest.Length == 0)
                return Group(environment, group, environment.Error);
            if (rest[0] is "--help" or "-h")
                return Group(environment, group, environment.Output);
            error.WriteLine(
                $"{program}: unknown command: {program} {group.Name} {rest[0]}\n\nUsage:  {program} {group.Name}\n\nRun '{program} {group.Name} --help' for more information"
            );
        }
        else
            error.WriteLine($"{program}: unknown command: {program} {words[0]}\n\nRun '{program} --help' for more information");
        return 1;
    }

    static int Group(CliEnvironment environment, CommandGroup group, Stream target)
    {
        var program = environment.Program;
        var text = new StringBuilder($"Usage:  {program} {group.Name} COMMAND\n\n{group.Summary}\n\nCommands:\n");
        Append(text, group.Name, group.Commands);
        text.Append($"\nRun '{program} {group.Name} COMMAND --help' for more information on a command.\n");
        Write(target, text);
        return 0;
    }

    static void Append(StringBuilder text, string group, string[] commands)
    {
        foreach (var name in commands)
        {
            string[] words = [.. group.Split(' ', StringSplitOptions.RemoveEmptyEntries), name];
            // A name without a command is a group of its own.
            var summary = CommandTable.Find(words, out _)?.Summary ?? CommandTable.Group(words)!.Summary;
            // Of several lines the first is a heading, and headings have no full stop.
            if (summary.Split('\n') is [var heading, _, ..])
                summary = heading.TrimEnd('.');
            text.Append("  ").Append(name.PadRight(12)).Append(summary).Append('\n');
        }
    }

    static void Write(Stream target, StringBuilder text) => target.Write(Encoding.UTF8.GetBytes(text.ToString()));
}
