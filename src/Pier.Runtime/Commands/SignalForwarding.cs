using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Processes;

namespace Pier.Runtime.Commands;

/// <summary>Signals to this program go to the container while it runs in the foreground.</summary>
sealed class SignalForwarding : IDisposable
{
    readonly List<PosixSignalRegistration> _registrations = [];

    public SignalForwarding(SafeFileHandle process)
    {
        (PosixSignal Signal, int Number)[] forwarded =
        [
            (PosixSignal.SIGHUP, 1),
            (PosixSignal.SIGINT, 2),
            (PosixSignal.SIGQUIT, 3),
            (PosixSignal.SIGTERM, 15),
            (PosixSignal.SIGCONT, 18),
        ];
        foreach (var (signal, number) in forwarded)
        {
            _registrations.Add(
                PosixSignalRegistration.Create(
                    signal,
                    context =>
                    {
                        context.Cancel = true;
                        try
                        {
                            PidFd.Send(process, number);
                        }
                        catch (Exception e) when (e is LinuxException or ObjectDisposedException)
                        {
                            // It is ending.
                        }
                    }
                )
            );
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
