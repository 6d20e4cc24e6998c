using Pier.Linux.Descriptors;
using Pier.Linux.Processes;

namespace Pier.Network.Relay;

/// <summary>
/// `pier relay DIRECTORY`: passes on connections of published ports that the kernel cannot translate. Started by the daemon alone, with a
/// listening socket as standard input; the directory tells people whose it is.
/// </summary>
public static class RelayProgram
{
    /// <summary>Runs until nothing is left to do. Returns the exit code.</summary>
    public static int Main()
    {
        Signals.Ignore(Signals.SIGPIPE);
        Signals.Ignore(Signals.SIGHUP);
        ThisProcess.RaiseDescriptorLimit();
        ThisProcess.Name("pier-relay");
        try
        {
            using var server = new RelayServer(Descriptor.Duplicate(Descriptor.Own(0)));
            server.Run();
            return 0;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"pier relay: {e}");
            return 1;
        }
    }
}
