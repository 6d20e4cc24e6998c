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
    /// <summary>The client; the test is skipped where it is not there.</summary>
    public static Client OrSkip(string name, IDaemon daemon)
    {
        var client = new Client(name, daemon);
        Skip.If(client.Missing is not null, client.Missing);
        return client;
    }

    /// <summary>The program to start.</summary>
    public string Program => name == "pier" ? PierDaemon.Binary : name;

    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    public Task<CommandResult> RunAsync(byte[]? input, string[] arguments) => Commands.RunAsync(Start(arguments), input);

    /// <summary>Its output as it is. A test fails where it does not end with 0.</summary>
    public async Task<string> OutputAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.Code == 0, $"{name} {string.Join(' ', arguments)}: exit {run.Code}: {run.Out}{run.Error}");
        return run.Out;
    }

    /// <summary>Its output without the space around it. A test fails where it does not end with 0.</summary>
    public async Task<string> OkAsync(params string[] arguments) => (await OutputAsync(arguments)).Trim();

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
