using Pier.Distribution;
using Pier.Engine.Builds;
using Pier.Engine.Containers;
using Pier.Engine.Events;
using Pier.Engine.Execs;
using Pier.Engine.Health;
using Pier.Engine.Host;
using Pier.Engine.Images;
using Pier.Engine.Logs.Drivers;
using Pier.Engine.Logs.Shipping;
using Pier.Engine.Mounts;
using Pier.Engine.Networks;
using Pier.Engine.Plugins;
using Pier.Engine.Specs;
using Pier.Engine.Stats;
using Pier.Engine.Volumes;
using Pier.Engine.Volumes.Drivers;
using Pier.Model;
using Pier.Network;
using Pier.Runtime;
using Pier.Store;

namespace Pier.Engine;

/// <summary>
/// The embeddable engine: containers, images and events of one data root, without HTTP and without static state. A .NET program can
/// open one in-process; the daemon serves one over HTTP.
/// </summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    readonly EngineParts parts;
    readonly HealthMonitor health;
    readonly StepRunner steps;

    ContainerEngine(EngineParts parts, string id, RuntimeHost host)
    {
        this.parts = parts;
        Id = id;
        var links = new LinkedContainers(parts.Containers);
        var facts = new SpecFactsReader(parts.Store, host, parts.Containers, links, parts.Options.Defaults, parts.Remap);
        health = new HealthMonitor(parts, new ProbeRunner(parts, facts));
        var files = new ContainerFiles(parts.Options, parts.Store.Layout, parts.Network);
        Containers = new ContainerService(
            parts,
            new ContainerStarter(parts, facts, files, links, health),
            new ContainerRoots(parts, host, new ContainerMounts(parts)),
            links,
            health,
            host
        );
        Networks = new NetworkService(parts, files);
        Execs = new ExecService(parts, facts);
        Stats = new StatsService(parts, facts);
        Images = new ImageService(parts);
        Volumes = new VolumeService(parts);
        steps = new StepRunner(parts, facts, files);
        Builds = new BuildService(parts, steps, Images);
        Host = new HostService(parts, facts, host, id);
    }

    /// <summary>The engine's own id, made with its data root.</summary>
    public string Id { get; }

    public EngineOptions Options => parts.Options;
    public ContainerService Containers { get; }
    public ExecService Execs { get; }
    public StatsService Stats { get; }
    public ImageService Images { get; }
    public VolumeService Volumes { get; }
    public BuildService Builds { get; }
    public EventLog Events => parts.Events;
    public HostService Host { get; }

    public NetworkService Networks { get; }

    /// <summary>The networks on the host, below <see cref="Networks"/>.</summary>
    public NetworkStack NetworkStack => parts.Network;

    /// <summary>Opens the data root (one engine at a time), reconciles what is stored with what lives, and is ready.</summary>
    public static async Task<ContainerEngine> OpenAsync(EngineOptions options, CancellationToken ct)
    {
        CheckLogs(options);
        var store = StoreRoot.Open(options.DataRoot, options.StorageDriver);
        NetworkStack? network = null;
        // A process that has to start: the networks are made and the records read meanwhile.
        var starting = Task.Run(() => StartRuntimeAsync(options), CancellationToken.None);
        try
        {
            var id = EngineIdentity.Of(store);
            network = NetworkStack.Open(StackOptions.For(options, id));
            var host = new RuntimeHost();
            var remap =
                options.UsernsRemap.Length == 0
                    ? null
                    : IdMappings.Parse(options.UsernsRemap, p => File.Exists(p) ? File.ReadAllText(p) : null);
            var (containers, events) = (new ContainerTable(), new EventLog(TimeProvider.System));
            var volumes = new VolumeTable(
                store.Volumes,
                new VolumeDrivers(new LocalDriver(store.Volumes), new PluginDirectory(options.Plugins)),
                store.Records("volumes", EngineJson.Default.VolumeRecord),
                containers,
                events,
                TimeProvider.System
            );
            var networks = new NetworkTable(store.Records("networks", EngineJson.Default.NetworkRecord), network, TimeProvider.System);
            var records = store.Records("containers", EngineJson.Default.ContainerRecord);
            var parts = new EngineParts(
                options,
                store,
                records,
                await starting.ConfigureAwait(false),
                network,
                networks,
                new RegistryClient(
                    new RegistryClientOptions
                    {
                        Mirrors = options.RegistryMirrors,
                        InsecureRegistries = options.InsecureRegistries,
                        CertificateDirectory = options.CertificateDirectory,
                    }
                ),
                events,
                containers,
                volumes,
                new LogShipping(store.Layout, store.Records(LogCursor.Kind, EngineJson.Default.LogCursor), containers),
                remap,
                TimeProvider.System
            );
            var engine = new ContainerEngine(parts, id, host);
            await engine.ReconcileAsync(ct).ConfigureAwait(false);
            foreach (var warning in store.Warnings)
                options.Log(warning);
            return engine;
        }
        catch
        {
            await starting.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            if (starting.IsCompletedSuccessfully)
                await (await starting.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            network?.Dispose();
            store.Dispose();
            throw;
        }
    }

    static async Task<IContainerRuntime> StartRuntimeAsync(EngineOptions options) =>
        new ForeignRuntimes(
            await BuiltInRuntime
                .StartAsync(
                    new BuiltInRuntimeOptions
                    {
                        ExecRoot = options.ExecRoot,
                        SupervisorCommand = options.SupervisorCommand,
                        SupervisorLog = options.SupervisorLog,
                        CgroupParent = CgroupParents.PathOf(options.CgroupParent),
                    }
                )
                .ConfigureAwait(false),
            options.ExecRoot
        );

    static void CheckLogs(EngineOptions options)
    {
        try
        {
            LogConfigRules.Check(options.LogDriver, options.LogOptions);
        }
        catch (InvalidParameterException e)
        {
            throw new InvalidParameterException($"failed to set log opts: {e.Message}", e);
        }
    }

    /// <summary>Leaves or stops the containers (<see cref="EngineOptions.LiveRestore"/>) and closes the data root.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!parts.Options.LiveRestore)
            await Containers.StopAllAsync().ConfigureAwait(false);
        await Builds.DisposeAsync().ConfigureAwait(false);
        await health.DisposeAsync().ConfigureAwait(false);
        await parts.Shipping.DisposeAsync().ConfigureAwait(false);
        await parts.Runtime.DisposeAsync().ConfigureAwait(false);
        parts.Registries.Dispose();
        parts.Network.Dispose();
        parts.Store.Dispose();
    }

    async Task ReconcileAsync(CancellationToken ct)
    {
        // An exit that comes in while the records are read waits until its container is known.
        var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        parts.Runtime.Exited += exit => _ = known.Task.IsCompleted ? ExitedAsync(exit) : AfterAsync(known.Task, exit);
        var live = (await parts.Runtime.ListAsync().ConfigureAwait(false)).ToDictionary(p => p.Key);
        foreach (var (failed, problem) in parts.Networks.Restore(parts.Options.Network.Mtu))
            parts.Options.Log($"network {failed.Id} ({failed.Name}) cannot be used: {problem}");
        var ended = Containers.Reconcile(live);
        Containers.RestoreLinks();
        Networks.Resume();
        known.SetResult();
        foreach (var exit in ended)
            await ExitedAsync(exit).ConfigureAwait(false);
        foreach (var (key, process) in live)
        {
            if (ProbeRunner.IsProbe(key))
                ProbeRunner.KillLeftover(process);
            if (StepRunner.IsStep(key))
                await StepRunner.KillLeftoverAsync(parts.Runtime, process).ConfigureAwait(false);
        }
        Containers.WatchHealth();
        Containers.ShipLogs();
        Containers.RemoveLeftovers();
        parts.Volumes.Reconcile();
        Containers.RestartAfterBoot();
    }

    async Task AfterAsync(Task known, ProcessExit exit)
    {
        await known.ConfigureAwait(false);
        await ExitedAsync(exit).ConfigureAwait(false);
    }

    async Task ExitedAsync(ProcessExit exit)
    {
        if (parts.Containers.ById(exit.Key) is { } container)
        {
            await Containers.ExitedAsync(container, exit).ConfigureAwait(false);
            if (parts.Containers.ById(exit.Key) is null)
                Execs.Forget(exit.Key);
        }
        else if (
            !await health.ExitedAsync(exit).ConfigureAwait(false)
            && !await steps.ExitedAsync(exit).ConfigureAwait(false)
            && !await Execs.ExitedAsync(exit).ConfigureAwait(false)
        )
        {
            // An exec of an engine that is gone: nobody can ask for it any more.
            await parts.Runtime.ReleaseAsync(exit.Key).ConfigureAwait(false);
        }
    }
}
