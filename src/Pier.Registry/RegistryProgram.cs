using System.Runtime.InteropServices;
using Pier.Model;
using Pier.Registry.Proxy;

namespace Pier.Registry;

/// <summary>`pier registry ...`: the arguments after "registry".</summary>
public static class RegistryProgram
{
    const string Usage = """

        Usage:  pier registry COMMAND

        Serve images to other machines

        Commands:
          serve       Run a registry server

        Run 'pier registry COMMAND --help' for more information on a command.
        """;

    /// <summary>
    /// Runs until SIGTERM or SIGINT; answers the exit code. <paramref name="upstream"/> makes the client for --proxy-remote's URL, which
    /// this room has not.
    /// </summary>
    public static int Main(string[] args, Func<string, IUpstream>? upstream = null)
    {
        if (args is not ["serve", .. var flags])
        {
            var asked = args is [] or ["--help"] or ["-h"] or ["help"];
            if (asked)
                Console.WriteLine(Usage);
            else
                Console.Error.WriteLine(
                    $"pier registry: unknown command: pier registry {args[0]}\n\nRun 'pier registry --help' for more information"
                );
            return asked ? 0 : 1;
        }
        if (flags.Contains("--help") || flags.Contains("-h"))
        {
            Console.WriteLine($"\nUsage:  pier registry serve [OPTIONS]\n\nRun a registry server\n\nOptions:\n{RegistryFlags.Help()}");
            return 0;
        }
        try
        {
            ServeAsync(RegistryFlags.Parse(flags, upstream)).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"pier registry serve: {e.Message}");
            return 1;
        }
    }

    static async Task ServeAsync(RegistryOptions options)
    {
        var stop = new TaskCompletionSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await using var server = await RegistryServer.StartAsync(options with { Log = Log }, CancellationToken.None);
        await stop.Task;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await server.StopAsync(patience.Token);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    static void Log(string line) => Console.Error.WriteLine($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {line}");
}
