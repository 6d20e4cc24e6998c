namespace Pier;

/// <summary>One binary, several programs: the first word says which.</summary>
static class Program
{
    static int Main(string[] args) =>
        args switch
        {
            // Before anything else is set up: keeper and supervisor stay small and handle signals themselves.
            ["supervisor", .. var rest] => Supervisor.SupervisorProgram.Main(rest),
            ["relay", _] => Network.Relay.RelayProgram.Main(),
            ["daemon" or "registry", ..] when !OpenSsl.IsThere("pier " + args[0]) => 1,
            ["daemon", .. var rest] => Daemon.DaemonCommand.RunAsync(rest).GetAwaiter().GetResult(),
            ["runtime", .. var rest] => Runtime.Commands.RuntimeProgram.Main(rest),
            ["debug", .. var rest] => Debug.DebugCommand.Run(rest),
            ["registry", .. var rest] => Registry.RegistryProgram.Main(rest, Registries.DistributionUpstream.At),
            _ => Terminals.Client.Run(args),
        };
}
