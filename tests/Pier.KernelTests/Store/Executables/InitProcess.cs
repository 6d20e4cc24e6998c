using System.Diagnostics;
using System.Globalization;
using Pier.Store;
using Pier.Store.Executables;

namespace Pier.KernelTests.Store.Executables;

/// <summary>The init program in a directory of its own, and runs of it there.</summary>
sealed class InitProcess : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public InitProcess()
    {
        File = Path.Combine(Directory, "init");
        // By another process: a file that this one writes could still be open in a child that another test is just forking (ETXTBSY).
        var bytes = Path.Combine(Directory, "bytes");
        AtomicFile.Write(bytes, InitProgram.Build(), durable: false);
        Shell.Run("cp $1 $2; chmod 755 $1 $2; chmod 755 $3", bytes, File, Directory);
    }

    public string Directory { get; } = TestStore.NewDirectory();
    public string File { get; }

    /// <summary>Runs a command in the directory to its end.</summary>
    public (int Code, string Output, string Error) Run(params string[] command)
    {
        using var process = Start(command);
        return Finish(process);
    }

    /// <summary>Runs the init program with a command after a line of Python in the same process.</summary>
    public (int Code, string Output, string Error) Python(string before, params string[] command) =>
        Run(["python3", "-c", $"import os, signal, sys\n{before}\nos.execv(sys.argv[1], sys.argv[1:])", File, .. command]);

    /// <summary>Runs the init program with a command, and sends it a signal when the command has written its first line.</summary>
    public (int Code, string Output, string Error) RunAndSignal(int signal, params string[] command)
    {
        using var process = Start([File, "--", .. command]);
        Assert.NotNull(process.StandardOutput.ReadLine());
        Shell.Run("python3 -c 'import os, sys; os.kill(int(sys.argv[1]), int(sys.argv[2]))' $1 $2", Text(process.Id), Text(signal));
        return Finish(process);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Whoever started the tests (nohup, a shell in the background) may have had signals ignored: that is inherited.
    Process Start(string[] command) =>
        Process.Start(
            new ProcessStartInfo("env", ["--default-signal", .. command])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Directory,
            }
        )!;

    static (int Code, string Output, string Error) Finish(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!Task.WaitAll([output, error], Patience) || !process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("the program does not end");
        }
        return (process.ExitCode, output.Result, error.Result);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
