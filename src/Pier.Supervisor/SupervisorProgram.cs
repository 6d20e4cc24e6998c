using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Processes;
using Pier.Supervisor.Keeper;
using Pier.Supervisor.Server;

namespace Pier.Supervisor;

/// <summary>
/// <c>pier supervisor --exec-root DIR</c>: the keeper. <c>--serve FD</c> is the supervisor below it, <c>--adopt</c> a supervisor that
/// becomes the keeper; both are
/// only for each other.
/// </summary>
public static class SupervisorProgram
{
    /// <summary>Runs until it is shut down. <paramref name="args"/> are the words after "supervisor". Returns the exit code.</summary>
    public static int Main(string[] args)
    {
        Signals.DefaultChild();
        Signals.Ignore(Signals.SIGPIPE);
        Signals.Ignore(Signals.SIGHUP);
        ThisProcess.RaiseDescriptorLimit();
        try
        {
            return Run(args);
        }
        catch (Exception e)
        {
            Complain($"{Environment.ProcessId} {e}");
            return 1;
        }
    }

    static int Run(string[] args)
    {
        string? execRoot = null,
            serve = null;
        var adopt = false;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--exec-root" when i + 1 < args.Length:
                    execRoot = args[++i];
                    break;
                case "--serve" when i + 1 < args.Length:
                    serve = args[++i];
                    break;
                case "--adopt":
                    adopt = true;
                    break;
                default:
                    return Usage();
            }
        }
        if (execRoot is null)
            return Usage();
        var state = new StateDirectory(execRoot);
        var self = SelfCommand.Current();
        if (adopt)
            return KeeperProcess.Adopt(state, self);
        // Only the supervisor execs containers, and theirs is the moment in which its file could be reached (an image's
        // "#!/proc/self/exe").
        if (serve is not null && !RuntimeFeature.IsDynamicCodeSupported)
            SealedExecutable.Enter(SelfCommand.Sealed, ["supervisor", .. args]);
        return serve is null ? KeeperProcess.Start(state, self) : Serve(state, self, int.Parse(serve, CultureInfo.InvariantCulture));
    }

    static int Serve(StateDirectory state, SelfCommand self, int link)
    {
        ThisProcess.HideMemory();
        ThisProcess.Name("pier-supervisor");
        var socket = Descriptor.Own(link);
        Descriptor.SetCloseOnExec(socket, true);
        return new SupervisorProcess(state, self, socket).Run();
    }

    static int Usage()
    {
        Complain("usage: pier supervisor --exec-root DIR");
        return 125;
    }

    // Not Console: it would set up terminal and signal handling.
    internal static void Complain(string text)
    {
        using var stderr = new SafeFileHandle(2, false);
        Pipe.Write(stderr, Encoding.UTF8.GetBytes("pier supervisor: " + text + "\n"));
    }
}
