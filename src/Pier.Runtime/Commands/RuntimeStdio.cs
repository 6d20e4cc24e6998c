using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Files;
using Pier.Linux.Pty;
using Pier.Runtime.Launch;

namespace Pier.Runtime.Commands;

/// <summary>Standard streams of a process under "pier runtime": this program's own, or a terminal whose master goes elsewhere.</summary>
sealed class RuntimeStdio : IDisposable
{
    RuntimeStdio(SafeFileHandle? master, int own) => (Master, Own) = (master, own);

    /// <summary>The terminal's master, or null.</summary>
    public SafeFileHandle? Master { get; }

    /// <summary>Bit n: descriptor n is a pipe or terminal that the process may own.</summary>
    public int Own { get; }

    /// <summary>This program's standard streams.</summary>
    public static RuntimeStdio Inherited(Preparation preparation)
    {
        string[] names = ["stdin", "stdout", "stderr"];
        var own = 0;
        for (var i = 0; i < 3; i++)
        {
            // A copy with a number of 3 or more: dup3 onto itself is an error.
            using var borrowed = new SafeFileHandle(i, ownsHandle: false);
            SafeFileHandle copy;
            try
            {
                copy = Descriptor.Duplicate(borrowed, lowest: 3);
            }
            catch (LinuxException)
            {
                copy = PlainFile.OpenExisting("/dev/null"); // closed by the caller
            }
            preparation.Own(names[i], copy);
            if (FileStat.Of(copy).IsFifo)
                own |= 1 << i;
        }
        return new RuntimeStdio(null, own);
    }

    /// <summary>A new terminal of a devpts instance.</summary>
    public static RuntimeStdio Terminal(Preparation preparation, SafeFileHandle? devpts, Model.Runtime.ConsoleSize? size)
    {
        var (master, slave) = Linux.Pty.Terminal.Open(devpts);
        foreach (var name in (string[])["stdin", "stdout", "stderr"])
            preparation.Lend(name, slave);
        preparation.Own("terminal", slave);
        // conmon, containerd and everybody's copy loops expect a blocking master.
        Descriptor.SetBlocking(master);
        if (size is { Height: > 0, Width: > 0 })
            Linux.Pty.Terminal.Resize(master, (int)size.Height, (int)size.Width);
        return new RuntimeStdio(master, 7);
    }

    public void Dispose() => Master?.Dispose();
}
