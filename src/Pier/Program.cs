namespace Pier;

/// <summary>One binary, several programs: the first word says which.</summary>
static class Program
{
    static int Main(string[] args) => args switch
    {
        // Before anything else is set up: keeper and supervisor stay small and handle signals themselves.
        ["supervisor", .. var rest] => Supervisor.SupervisorProgram.Main(rest),
        ["daemon", .. var rest] => Daemon.DaemonCommand.RunAsync(rest).GetAwaiter().GetResult(),
        _ => Terminals.Client.Run(args),
    };
}
