using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Engine.Containers;
using Pier.Engine.Specs;
using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Builds;

/// <summary>Runs the steps of builds as containers that nobody sees: same isolation, no record, nothing left at their end.</summary>
sealed class StepRunner(EngineParts parts, SpecFactsReader facts, ContainerFiles files) : IStepRunner
{
    /// <summary>Keys of steps begin so: an engine that starts knows what an earlier one has left behind.</summary>
    const string KeyPrefix = "build-";

    // BuildKit's: a constant, so that what a step writes of it is the same in every build.
    const string Hostname = "buildkitsandbox";

    // Processes end with their first one; output that is on its way is short of nothing but this machine's load.
    static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(5),
        KillPatience = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<string, TaskCompletionSource<int>> _running = new();
    readonly NetworkRequests networks = new(parts);

    public static bool IsStep(string key) => key.StartsWith(KeyPrefix, StringComparison.Ordinal);

    public async Task<int> RunAsync(StepRun run, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var record = Record(KeyPrefix + Ids.New(), run);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[record.Id] = ended;
        Directory.CreateDirectory(parts.Store.Layout.Container(record.Id));
        try
        {
            using var remapped = facts.Remapped(record);
            if (remapped is not null && run.Mounts.Count > 0)
                throw new UnsupportedException("RUN --mount is not supported with userns-remap yet");
            using var root = run.MountRoot(remapped?.Layers);
            var sandbox = parts.Network.Attach(networks.For(record, files.Upstreams(record)) with { Namespace = remapped?.Network });
            files.Write(record, sandbox.Record, []);
            await using var stream = await parts
                .Runtime.AttachAsync(record.Id, new AttachOptions(false, true, true, "", false), CancellationToken.None)
                .ConfigureAwait(false);
            using var reading = new CancellationTokenSource();
            var read = StepOutput.ReadAsync(stream, run.Output, reading.Token);
            try
            {
                await StartAsync(record, run, root, sandbox.Namespace, remapped?.User, ct).ConfigureAwait(false);
                return await EndAsync(record.Id, ended.Task, ct).ConfigureAwait(false);
            }
            finally
            {
                await DrainAsync(read, reading, ended.Task.IsCompletedSuccessfully).ConfigureAwait(false);
            }
        }
        finally
        {
            _running.TryRemove(record.Id, out _);
            parts.Network.Release(record.Id);
            Directory.Delete(parts.Store.Layout.Container(record.Id), recursive: true);
        }
    }

    /// <summary>True when the exit was a step's that is waited for.</summary>
    public async Task<bool> ExitedAsync(ProcessExit exit)
    {
        if (!_running.TryGetValue(exit.Key, out var ended))
            return false;
        await parts.Runtime.ReleaseAsync(exit.Key).ConfigureAwait(false);
        ended.TrySetResult(exit.ExitCode);
        return true;
    }

    /// <summary>Ends a step whose engine is gone: nobody waits for it.</summary>
    public static async Task KillLeftoverAsync(IContainerRuntime runtime, LiveProcess process)
    {
        if (process.Exit is not null)
            return;
        try
        {
            await runtime.SignalAsync(process.Key, Signals.Kill).ConfigureAwait(false);
        }
        catch (NotFoundException)
        {
            // It has ended.
        }
    }

    Task<StartedProcess> StartAsync(
        ContainerRecord record,
        StepRun run,
        SafeFileHandle root,
        SafeFileHandle? network,
        SafeFileHandle? user,
        CancellationToken ct
    ) =>
        parts.Runtime.StartAsync(
            new StartContainer
            {
                Id = record.Id,
                Spec = facts.BuildSpec(record, root),
                Root = root,
                UserNamespace = user,
                Mounts = new Dictionary<string, SafeFileHandle>(run.Mounts),
                NetworkNamespace = network,
                Stdio = new StdioOptions(false, false, StdinOnce: true),
                CgroupParent = CgroupParents.PathOf(
                    record.HostConfig.CgroupParent.Length > 0 ? record.HostConfig.CgroupParent : parts.Options.CgroupParent
                ),
            },
            ct
        );

    // The first process of a pid namespace takes all others with it (pid_namespaces(7)).
    async Task<int> EndAsync(string key, Task<int> ended, CancellationToken ct)
    {
        try
        {
            return await ended.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            try
            {
                await parts.Runtime.SignalAsync(key, Signals.Kill).ConfigureAwait(false);
            }
            catch (NotFoundException)
            {
                // It has just ended.
            }
            await ((Task)ended).WaitAsync(KillPatience, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    static async Task DrainAsync(Task read, CancellationTokenSource reading, bool ended)
    {
        if (ended)
            reading.CancelAfter(OutputPatience);
        else
            await reading.CancelAsync().ConfigureAwait(false);
        try
        {
            await read.ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // What has come is what is shown.
        }
    }

    ContainerRecord Record(string id, StepRun run)
    {
        var (step, settings) = (run.Step, run.Settings);
        var host = HostConfigRules.Apply(
            settings.Limits with
            {
                NetworkMode = step.Network switch
                {
                    RunNetwork.None => "none",
                    RunNetwork.Host => "host",
                    _ => settings.Network,
                },
                ExtraHosts = settings.ExtraHosts.Count > 0 ? [.. settings.ExtraHosts] : settings.Limits.ExtraHosts,
                Privileged = step.Insecure,
                IpcMode = "private",
            },
            parts.Options,
            Environment.ProcessorCount
        );
        var config = new ContainerConfig
        {
            Hostname = Hostname,
            User = step.User,
            Env = [.. run.Environment],
            WorkingDir = step.WorkingDirectory,
            Cmd = [.. step.Arguments],
        };
        return new ContainerRecord
        {
            Id = id,
            Name = id,
            Created = parts.Time.GetUtcNow(),
            Config = config,
            HostConfig = host,
            Networking = NetworkingRules.Resolve(null, host, config, parts.Networks),
            ImageId = "",
            Driver = parts.Store.Snapshots.DriverName,
            Path = step.Arguments[0],
            Args = [.. step.Arguments.Skip(1)],
            // The mounts are read-only, or not, by themselves.
            Mounts =
            [
                .. run.Mounts.Keys.Select(target => new MountPoint
                {
                    Type = "bind",
                    Destination = target,
                    RW = true,
                    Propagation = "rprivate",
                }),
            ],
        };
    }
}
