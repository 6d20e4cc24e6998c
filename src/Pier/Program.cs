namespace Pier;

static class Program
{
    static int Main(string[] args)
    {
        // Before anything else is set up: keeper and supervisor stay small and handle signals themselves.
        if (args is ["supervisor", ..]) return Supervisor.SupervisorProgram.Main(args[1..]);
        return Terminals.Client.Run(args);
    }
}
