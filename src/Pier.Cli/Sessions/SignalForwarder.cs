using System.Runtime.InteropServices;
using Pier.Cli.Transport;

namespace Pier.Cli.Sessions;

/// <summary>
/// Signals that the client gets go to the container instead (--sig-proxy). The third Ctrl-C ends the client whatever happens.
/// </summary>
sealed class SignalForwarder : IDisposable
{
    /// <summary>Raw numbers name the signals that PosixSignal has no word for: SIGUSR1 and SIGUSR2 of Linux on x64 and arm64.</summary>
    static readonly (PosixSignal Signal, string Name)[] Forwarded =
    [
        (PosixSignal.SIGINT, "SIGINT"),
        (PosixSignal.SIGTERM, "SIGTERM"),
        (PosixSignal.SIGQUIT, "SIGQUIT"),
        (PosixSignal.SIGHUP, "SIGHUP"),
        ((PosixSignal)10, "SIGUSR1"),
        ((PosixSignal)12, "SIGUSR2"),
    ];

    readonly List<PosixSignalRegistration> _registrations = [];
    readonly CommandLines.Invocation _call;
    readonly string _container;
    int _terminations;

    public SignalForwarder(CommandLines.Invocation call, string container)
    {
        (_call, _container) = (call, container);
        foreach (var (signal, name) in Forwarded)
            _registrations.Add(PosixSignalRegistration.Create(signal, context => Forward(context, name)));
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    void Forward(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        if (name is "SIGINT" or "SIGTERM" && Interlocked.Increment(ref _terminations) >= 3)
        {
            _call.Error.WriteLine("got 3 SIGTERM/SIGINTs, forcefully exiting");
            Environment.Exit(1);
        }
        try
        {
            using var client = _call.Config.Connect();
            client.Call("POST", $"/containers/{_container}/kill?signal={name}");
        }
        catch (Exception e) when (e is CliFailure or IOException)
        {
            // It has ended already.
        }
    }
}
