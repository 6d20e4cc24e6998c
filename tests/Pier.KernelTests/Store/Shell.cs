using System.Diagnostics;

namespace Pier.KernelTests.Store;

/// <summary>Runs the machine's own tools.</summary>
static class Shell
{
    /// <summary>Runs a script with $1 and on set; its output as bytes. Fails the test when the script fails or hangs.</summary>
    public static byte[] Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("timeout", ["-k", "5", "60", "sh", "-ec", script, "sh", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{script}: {error.Result}");
        return output.ToArray();
    }

    public static string Text(string script, params string[] arguments) => System.Text.Encoding.UTF8.GetString(Run(script, arguments));
}
