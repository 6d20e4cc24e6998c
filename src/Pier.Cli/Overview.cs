using System.Text;
using Pier.Cli.CommandLines;

namespace Pier.Cli;

/// <summary>What the client says without a command, or with one that it does not know.</summary>
static class Overview
{
    public static int Print(CliEnvironment environment, string[] words)
    {
        if (words.Length > 0) return CliProgram.Run([.. words, "--help"], environment);
        var program = environment.Program;
        var text = new StringBuilder($"Usage:  {program} [OPTIONS] COMMAND\n\nA container engine: build, ship and run any application\n\nCommon Commands:\n");
        Append(text, "", CommandTable.CommonCommands);
        text.Append("\nManagement Commands:\n  builder     Manage builds\n  container   Manage containers\n  image       Manage images\n  network     Manage networks\n  system      Manage Pier\n  volume      Manage volumes\n\nCommands:\n");
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
        var group = words[0] is "builder" or "container" or "image" or "network" or "system" or "volume";
        if (group && words.Length == 1) return Group(environment, words[0], environment.Error);
        if (group && words[1] is ("--help" or "-h")) return Group(environment, words[0], environment.Output);
        if (group) error.WriteLine($"{program}: unknown command: {program} {words[0]} {words[1]}\n\nUsage:  {program} {words[0]}\n\nRun '{program} {words[0]} --help' for more information");
        else error.WriteLine($"{program}: unknown command: {program} {words[0]}\n\nRun '{program} --help' for more information");
        return 1;
    }

    static int Group(CliEnvironment environment, string group, Stream target)
    {
        var program = environment.Program;
        var (summary, commands) = group switch
        {
            "builder" => ("Manage builds", CommandTable.BuilderCommands),
            "container" => ("Manage containers", CommandTable.ContainerCommands),
            "image" => ("Manage images", CommandTable.ImageCommands),
            "network" => ("Manage networks", CommandTable.NetworkCommands),
            "volume" => ("Manage volumes", CommandTable.VolumeCommands),
            _ => ("Manage Pier", CommandTable.SystemCommands),
        };
        var text = new StringBuilder($"Usage:  {program} {group} COMMAND\n\n{summary}\n\nCommands:\n");
        Append(text, group, commands);
        text.Append($"\nRun '{program} {group} COMMAND --help' for more information on a command.\n");
        Write(target, text);
        return 0;
    }

    static void Append(StringBuilder text, string group, string[] commands)
    {
        foreach (var name in commands)
        {
            var command = CommandTable.Find(group.Length == 0 ? [name] : [group, name], out _);
            text.Append("  ").Append(name.PadRight(12)).Append(command!.Summary).Append('\n');
        }
    }

    static void Write(Stream target, StringBuilder text) => target.Write(Encoding.UTF8.GetBytes(text.ToString()));
}
