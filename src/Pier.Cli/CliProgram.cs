using Pier.Cli.CommandLines;

namespace Pier.Cli;

/// <summary>The client: from the command line to an exit code.</summary>
public static class CliProgram
{
    /// <summary>What a shell reports for a process that SIGPIPE ended.</summary>
    const int BrokenPipe = 141;

    /// <summary>Runs one command. Blocks; the answer is the process's exit code. Never throws for what a user or a daemon did.</summary>
    public static int Run(string[] arguments, CliEnvironment environment)
    {
        using var error = new StreamWriter(environment.Error, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        try
        {
            return Dispatch(arguments, environment, error);
        }
        catch (CliFailure e)
        {
            error.WriteLine(e.Message);
            return e.Code;
        }
        catch (IOException e) when (IsBrokenPipe(e))
        {
            return BrokenPipe;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            error.WriteLine($"{environment.Program}: {e.Message}");
            return 1;
        }
    }

    static int Dispatch(string[] arguments, CliEnvironment environment, StreamWriter error)
    {
        var (global, rest) = GlobalOptions.Split(arguments, environment, error);
        if (global is null)
            return 125;
        if (rest.Length > 0 && Completion.CompletionCommand.Is(rest[0]))
            return Completion.CompletionCommand.Run(rest, environment);
        if (global.Flag("version"))
            return PrintVersion(environment);
        if (rest.Length == 0 || rest[0] == "help" || global.Flag("help"))
            return Overview.Print(environment, rest.Length > 1 ? rest[1..] : []);
        var command = CommandTable.Find(rest, out var words);
        if (command is null)
            return Overview.Unknown(environment, error, rest);
        return Invoke(command, rest[words..], global, environment, error);
    }

    static int Invoke(CommandSpec command, string[] words, ParsedLine global, CliEnvironment environment, StreamWriter error)
    {
        ParsedLine line;
        try
        {
            line = new LineParser(command.Options, command.Interspersed).Parse(words);
            if (line.Flag("help"))
                return PrintHelp(command, environment);
            CheckCount(command, line.Arguments.Count, environment.Program);
        }
        catch (UsageFailure e)
        {
            return PrintUsage(command, e, environment, error);
        }
        using var call = new Invocation(command, line, environment, new ClientConfig(environment, global));
        try
        {
            call.Config.Check();
            return command.Run(call);
        }
        catch (UsageFailure e)
        {
            return PrintUsage(command, e, environment, error);
        }
    }

    static int PrintUsage(CommandSpec command, UsageFailure failure, CliEnvironment environment, StreamWriter error)
    {
        var usage = command.Usage.Length > 0 ? " " + command.Usage : "";
        error.WriteLine(
            $"{failure.Message}\n\nUsage:  {environment.Program} {command.Name}{usage}\n\n{failure.Hint} '{environment.Program} {command.Name} --help' for more information"
        );
        return failure.Code;
    }

    static int PrintHelp(CommandSpec command, CliEnvironment environment)
    {
        var columns = environment.Terminal.IsOutputTerminal && environment.Terminal.Size.Columns is > 0 and var width ? width : 80;
        Write(environment, HelpText.Of(environment.Program, command, columns));
        return 0;
    }

    static int PrintVersion(CliEnvironment environment)
    {
        var revision = environment.Revision.Length > 0 ? environment.Revision : "unknown";
        Write(environment, $"Pier version {environment.Version}, build {revision}\n");
        return 0;
    }

    static void Write(CliEnvironment environment, string text) => environment.Output.Write(System.Text.Encoding.UTF8.GetBytes(text));

    static void CheckCount(CommandSpec command, int count, string program)
    {
        var (least, most) = (command.MinimumArguments, command.MaximumArguments);
        if (count >= least && (most < 0 || count <= most))
            return;
        var arguments = (most < 0 ? least : most) == 1 ? "argument" : "arguments";
        var demand =
            most < 0 ? $"requires at least {least} {arguments}"
            : most == 0 ? "accepts no arguments"
            : least == most ? $"requires {least} {arguments}"
            : least == 0 ? $"requires at most {most} {arguments}"
            : $"requires at least {least} and at most {most} {arguments}";
        throw new UsageFailure($"{program}: '{program} {command.Name}' {demand}", 1, most < 0 ? "See" : "Run");
    }

    static bool IsBrokenPipe(IOException e) => e is BrokenOutput;
}

/// <summary>
/// The reader of our standard output or error is gone. Whoever makes <see cref="CliEnvironment"/>'s streams throws it for EPIPE.
/// </summary>
public sealed class BrokenOutput() : IOException("broken pipe");
