using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.KernelTests.Supervisor;
using Pier.Model.Runtime;
using Pier.Runtime;

namespace Pier.KernelTests.Runtime;

/// <summary>A built-in runtime with a supervisor, exec root and control group parent of its own; everything is gone afterwards.</summary>
sealed class RuntimeBench : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, TaskCompletionSource<ProcessExit>> _exits = new();
    readonly List<string> _containers = [];

    RuntimeBench(string execRoot, BuiltInRuntime runtime) => (ExecRoot, Runtime) = (execRoot, runtime);

    public string ExecRoot { get; }

    public BuiltInRuntime Runtime { get; private set; }

    public Sandbox Sandbox { get; } = new();

    public string CgroupParent => "/pier-test-" + Path.GetFileName(ExecRoot);

    public static async Task<RuntimeBench> StartAsync()
    {
        var command = SupervisorHost.Command();
        Skip.If(command is null, "no pier program: set PIER_BINARY or build src/Pier");
        Environment.SetEnvironmentVariable("DOTNET_ROLL_FORWARD", "Major");
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
        var root = Directory.CreateDirectory($"/dev/shm/pier-runtime-{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..8]}").FullName;
        var bench = new RuntimeBench(root, await Connect(root, command!));
        bench.Listen();
        return bench;
    }

    static Task<BuiltInRuntime> Connect(string root, string command) =>
        BuiltInRuntime.StartAsync(
            new BuiltInRuntimeOptions
            {
                ExecRoot = root,
                SupervisorCommand = [command],
                SupervisorLog = root + "/errors",
                CgroupParent = "/pier-test-" + Path.GetFileName(root),
            }
        );

    void Listen() => Runtime.Exited += exit => Exit(exit.Key).TrySetResult(exit);

    TaskCompletionSource<ProcessExit> Exit(string key) =>
        _exits.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>As a daemon that is restarted: a new runtime over the same supervisor.</summary>
    public async Task RestartAsync()
    {
        await Runtime.DisposeAsync();
        Runtime = await Connect(ExecRoot, SupervisorHost.Command()!);
        Listen();
    }

    public async Task<StartedProcess> StartAsync(string id, Spec spec, StdioOptions? stdio = null)
    {
        _containers.Add(id);
        using var root = Sandbox.RootMount();
        return await Runtime.StartAsync(
            new StartContainer
            {
                Id = id,
                Spec = spec,
                Root = root,
                Stdio = stdio ?? new StdioOptions(spec.Process!.Terminal, false, false),
                Log = new LogOptions($"{ExecRoot}/{id}.log", 0, 1),
            },
            default
        );
    }

    public Task<ProcessExit> ExitAsync(string key) => Exit(key).Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Starts, attaches before, and returns stdout and stderr together with the exit.</summary>
    public async Task<(string Output, ProcessExit Exit)> RunAsync(string id, Spec spec)
    {
        await using var stream = await Runtime.AttachAsync(id, new AttachOptions(false, true, true, null, spec.Process!.Terminal), default);
        await StartAsync(id, spec);
        var output = await ReadAsync(stream, spec.Process.Terminal);
        return (output, await ExitAsync(id));
    }

    public async Task<(string Output, ProcessExit Exit)> ExecAsync(string id, string key, Process process)
    {
        await using var stream = await Runtime.AttachAsync(key, new AttachOptions(false, true, true, null, process.Terminal), default);
        await Runtime.ExecAsync(
            new StartExec
            {
                ContainerId = id,
                Key = key,
                Process = process,
                Stdio = new StdioOptions(process.Terminal, false, false),
            },
            default
        );
        var output = await ReadAsync(stream, process.Terminal);
        var exit = await ExitAsync(key);
        await Runtime.ReleaseAsync(key);
        return (output, exit);
    }

    public static async Task<string> ReadAsync(Stream stream, bool raw)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WaitAsync(TimeSpan.FromSeconds(60));
        if (raw)
            return Encoding.UTF8.GetString(all.ToArray());
        var text = new StringBuilder();
        var bytes = all.ToArray();
        for (var at = 0; at + 8 <= bytes.Length; )
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4));
            text.Append(Encoding.UTF8.GetString(bytes, at + 8, length));
            at += 8 + length;
        }
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in await Runtime.ListAsync())
        {
            if (process.Exit is null)
            {
                try
                {
                    if (_containers.Contains(process.Key))
                        await Runtime.ResumeAsync(process.Key);
                    await Runtime.SignalAsync(process.Key, 9);
                }
                catch (Model.EngineException)
                {
                    // It ended meanwhile.
                }
                await ExitAsync(process.Key);
            }
            await Runtime.ReleaseAsync(process.Key);
        }
        await Runtime.ShutdownSupervisorAsync();
        try
        {
            await Runtime.DisposeAsync();
        }
        catch (ObjectDisposedException)
        {
            // The supervisor that was shut down has closed the connection already.
        }
        foreach (var hierarchy in Sandbox.Host.Cgroups.Hierarchies)
            if (Directory.Exists(hierarchy.MountPoint + CgroupParent))
                Directory.Delete(hierarchy.MountPoint + CgroupParent);
        Sandbox.Dispose();
        Directory.Delete(ExecRoot, true);
    }
}
