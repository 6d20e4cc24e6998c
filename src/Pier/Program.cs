namespace Pier;

static class Program
{
    static int Main(string[] args)
    {
        // Before anything else is set up: keeper and supervisor stay small and handle signals themselves.
        if (args is ["supervisor", ..]) return Supervisor.SupervisorProgram.Main(args[1..]);
        Console.Error.WriteLine($"pier: no command {(args.Length > 0 ? args[0] : "")}");
        return 125;
    }
}
