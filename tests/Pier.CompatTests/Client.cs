using System.Diagnostics;

namespace Pier.CompatTests;

/// <summary>A daemon that a test has started.</summary>
public interface IDaemon
{
    /// <summary>Everything of this daemon is below it.</summary>
    string Directory { get; }

    /// <summary>"unix:///path", as clients take it.</summary>
    string Host { get; }
}

/// <summary>A client by name, "docker" (the one in PATH) or "pier" or a path, pointed at a daemon.</summary>
public sealed class Client(string name, IDaemon daemon)
{
    /// <summary>The program to start.</summary>
    public string Program => name == "pier" ? PierDaemon.Binary : name;

    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    public Task<CommandResult> RunAsync(byte[]? input, string[] arguments) => Commands.RunAsync(Start(arguments), input);

    public ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments);
        start.Environment["DOCKER_HOST"] = daemon.Host;
        start.Environment["PIER_HOST"] = daemon.Host;
        start.Environment["DOCKER_CONFIG"] = Path.Combine(daemon.Directory, "client");
        start.Environment["DOCKER_CLI_HINTS"] = "false";
        return start;
    }

    /// <summary>Runs it under a pseudoterminal of 33 rows and 101 columns, fed and read by the conversation.</summary>
    public Task<(int Code, string Screen)> OnTerminalAsync(string command, params (string WaitFor, string Type)[] conversation) =>
        TerminalSession.RunAsync(Start(), $"stty rows 33 cols 101; {Program} {command}", conversation);

    /// <summary>Why tests of this client cannot run here, or null.</summary>
    public string? Missing =>
        name != "docker" || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, "docker")))
            ? null
            : "no docker client in PATH";
}
