using System.Diagnostics;
using Pier.CompatTests.Builds;

namespace Pier.CompatTests.Compose;

/// <summary>A directory with compose files, and Debian 13's Compose (v2) working on it. Disposal takes the project down.</summary>
sealed class ComposeProject(PierDaemon daemon, string name, string file) : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public BuildFolder Folder { get; } = new BuildFolder().Add("compose.yaml", file);

    public Task<CommandResult> RunAsync(params string[] arguments) => Commands.RunAsync(Start(arguments), null);

    /// <summary>Its output, then what it says on standard error. A test fails where it does not end with 0.</summary>
    public async Task<string> DoesAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.Code == 0, $"docker-compose {string.Join(' ', arguments)}: {run.Code}\n{run.Out}{run.Error}\n{daemon.Log}");
        return run.Out + run.Error;
    }

    /// <summary>Runs it until what it does has come true, and interrupts it then. Returns what it said.</summary>
    public async Task<string> WhileAsync(string[] arguments, Func<Task> work)
    {
        var start = Start(arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await work();
        }
        catch (Exception e)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{await output}{await error}\n{daemon.Log}", e);
        }

        await Commands.OkAsync("kill", "-INT", $"{process.Id}");
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return await output + await error;
    }

    /// <summary>Until a command in a service's container says something.</summary>
    public Task SaysAsync(string service, string expected, params string[] command) =>
        UntilAsync(async () => (await RunAsync(["exec", "-T", service, .. command])).Out, said => said == expected);

    /// <summary>Asks until the answer is right, and gives it.</summary>
    public static async Task<string> UntilAsync(Func<Task<string>> ask, Func<string, bool> right)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (right(answer))
                return answer;
            Assert.True(clock.Elapsed < Limit, $"it stayed at \"{answer}\"");
            await Task.Delay(100);
        }
    }

    /// <summary>The containers of the project, and when they were started: "web-1 ID TIME" a line.</summary>
    public async Task<string> ContainersAsync()
    {
        var client = new Client("pier", daemon);
        var ids = (await client.OkAsync("ps", "-aq", "--filter", $"label=com.docker.compose.project={name}")).Split('\n');
        return await client.OkAsync(["inspect", "-f", "{{.Name}} {{.Id}} {{.State.StartedAt}}", .. ids.Order()]);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down", "-v", "-t", "0", "--remove-orphans", "--rmi", "local");
        Folder.Dispose();
    }

    ProcessStartInfo Start(string[] arguments)
    {
        var start = new Client(Newer.Path("docker-compose"), daemon).Start(["--ansi", "never", "-p", name, .. arguments]);
        start.WorkingDirectory = Folder.Path;
        start.Environment["COMPOSE_MENU"] = "false";
        return start;
    }
}
