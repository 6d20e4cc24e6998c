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
        text.Append("\nManagement Commands:\n  container   Manage containers\n  image       Manage images\n  manifest    Manage Docker image manifests and manifest lists\n  system      Manage Pier\n  trust       Manage trust on Docker images\n  volume      Manage volumes\n\nCommands:\n");
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
        var group = words[0] is "container" or "image" or "manifest" or "system" or "trust" or "volume";
        if (words is ["trust", "key"] or ["trust", "key", "--help" or "-h"]) return Group(environment, "trust key", words.Length == 2 ? environment.Error : environment.Output);
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
            "container" => ("Manage containers", CommandTable.ContainerCommands),
            "image" => ("Manage images", CommandTable.ImageCommands),
            "manifest" => ("Manage Docker image manifests and manifest lists", CommandTable.ManifestCommands),
            "trust" => ("Manage trust on Docker images", CommandTable.TrustCommands),
            "trust key" => ("Manage keys for signing Docker images", CommandTable.TrustKeyCommands),
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
            var command = CommandTable.Find([.. group.Split(' ', StringSplitOptions.RemoveEmptyEntries), name], out _);
            // A name without a command is a group of its own.
            text.Append("  ").Append(name.PadRight(12)).Append(command?.Summary ?? "Manage keys for signing Docker images").Append('\n');
        }
    }

    static void Write(Stream target, StringBuilder text) => target.Write(Encoding.UTF8.GetBytes(text.ToString()));
}
