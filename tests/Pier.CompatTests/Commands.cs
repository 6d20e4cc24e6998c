using System.Diagnostics;
using System.Text;

namespace Pier.CompatTests;

/// <summary>What a command did.</summary>
public sealed record CommandResult(int Code, string Out, string Error);

/// <summary>Runs programs with a limit, so that a hang is a failure and not a stuck run.</summary>
static class Commands
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task<CommandResult> RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments), null);

    /// <summary>A program's output without the space around it. A test fails where it does not end with 0.</summary>
    public static async Task<string> OkAsync(string program, params string[] arguments)
    {
        var run = await RunAsync(program, arguments);
        Assert.True(run.Code == 0, $"{program} {string.Join(' ', arguments)}: exit {run.Code}: {run.Out}{run.Error}");
        return run.Out.Trim();
    }

    /// <summary>Input null means an empty one.</summary>
    public static async Task<CommandResult> RunAsync(ProcessStartInfo start, byte[]? input)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            if (input is not null)
                await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end");
        }
    }
}
