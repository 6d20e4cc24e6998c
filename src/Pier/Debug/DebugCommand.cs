using System.Globalization;
using Pier.Model;
using Pier.Network.Publishing;
using Pier.Runtime;

namespace Pier.Debug;

/// <summary>`pier debug`: looks inside, for developers and for bug reports.</summary>
static class DebugCommand
{
    const string Usage = """

        Usage:  pier debug COMMAND

        Look inside the engine

        Commands:
          program [CONFIG]   Print the launch program that an OCI config.json compiles to on this host
                             (without a file: the config that "pier runtime spec" writes)
          network PORT       Tell from the firewall's state what becomes of packets to a host port
          store              Check the data root of a daemon that does not run, and repair it

        """;

    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["program"]:
                return Program(null);
            case ["program", var path] when path[0] != '-':
                return Program(path);
            case ["network", var text]
                when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    && port is > 0 and <= ushort.MaxValue:
                return Network(port);
            case ["store", .. var rest]:
                return StoreCommand.Run(rest);
            case [] or ["--help"] or ["-h"] or ["program", "--help"]:
                Console.Out.Write(Usage);
                return 0;
            default:
                Console.Error.WriteLine(
                    $"pier: unknown command: pier debug {string.Join(' ', arguments)}\n\nRun 'pier debug --help' for more information"
                );
                return 1;
        }
    }

    static int Network(int port)
    {
        try
        {
            foreach (var line in PortExplanation.Explain(port))
                Console.Out.WriteLine(line);
            return 0;
        }
        catch (EngineException e)
        {
            Console.Error.WriteLine($"pier debug network: {e.Message}");
            return 1;
        }
    }

    static int Program(string? path)
    {
        try
        {
            ProgramDump.Write(path is null ? null : File.ReadAllText(path), Console.Out);
            return 0;
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"pier debug program: {e.Message}");
            return 1;
        }
    }
}
