using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Namespaces;

namespace Pier.KernelTests.Network;

public partial class NetworkNamespaceTests
{
    const int PidfdOpen = 434;

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [SkippableFact]
    public void A_process_leads_to_its_namespace_while_it_lives() =>
        NetworkLab.Run(lab =>
        {
            using var process = Process.Start("/bin/sleep", "60");
            using var pidfd = new SafeFileHandle(SystemCall(PidfdOpen, process.Id, 0), ownsHandle: true);
            using (var byPidfd = NetworkNamespace.OfProcess(pidfd, process.Id))
            using (var byPid = NetworkNamespace.OfProcess(process.Id))
            {
                var own = NetworkLab.Shell("readlink /proc/self/ns/net");
                Assert.Equal(own, NetworkLab.Shell("readlink /proc/self/ns/net", byPidfd));
                Assert.Equal(own, NetworkLab.Shell("readlink /proc/self/ns/net", byPid));
            }

            process.Kill();
            process.WaitForExit();
            // A stranger with the dead one's number is not taken for it.
            var gone = Assert.Throws<LinuxException>(() => NetworkNamespace.OfProcess(pidfd, Environment.ProcessId));
            Assert.Equal(Errno.ESRCH, gone.Errno);
        });
}
