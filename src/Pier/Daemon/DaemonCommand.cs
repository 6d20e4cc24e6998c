using System.Runtime.InteropServices;
using Pier.Api;
using Pier.Engine;
using Pier.Linux.Processes;
using Pier.Model;

namespace Pier.Daemon;

/// <summary>`pier daemon`: opens an engine, serves it, and ends on SIGINT or SIGTERM with the containers left running.</summary>
static class DaemonCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.Out.Write(DaemonArguments.Help());
            return 0;
        }
        DaemonOptions options;
        try
        {
            options = DaemonArguments.Parse(arguments, ReadFile);
        }
        catch (EngineException e)
        {
            Console.Error.WriteLine($"{e.Message}\nSee 'pier daemon --help'.");
            return 125;
        }
        if (options.Validate)
        {
            Console.Out.WriteLine("configuration OK");
            return 0;
        }
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("failed to start daemon: pier daemon needs root. To see how to use it as a client, run 'pier --help'");
            return 1;
        }
        var log = new DaemonLog(options.Level);
        try
        {
            return await ServeAsync(options, arguments, log).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            log.Error($"failed to start daemon: {e.Message}");
            return 1;
        }
    }

    static async Task<int> ServeAsync(DaemonOptions options, string[] arguments, DaemonLog log)
    {
        using var pid = PidFile.Create(options.PidPath);
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var handled in (ReadOnlySpan<int>)[Signals.SIGHUP, Signals.SIGINT, Signals.SIGTERM])
            Signals.Default(handled);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Stop(c, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Stop(c, stop));
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => Reload(c, arguments, log));
        log.Info($"starting: data root {options.DataRoot}, exec root {options.ExecRoot}");
        var engine = await ContainerEngine
            .OpenAsync(
                new EngineOptions
                {
                    DataRoot = options.DataRoot,
                    ExecRoot = options.ExecRoot,
                    StorageDriver = options.StorageDriver,
                    Bridge = options.Bridge,
                    BridgeAddress = options.BridgeAddress,
                    Network = options.Network,
                    CgroupParent = options.CgroupParent,
                    Warnings = options.Warnings,
                    SupervisorLog = $"{options.ExecRoot}/supervisor.log",
                    LiveRestore = options.LiveRestore,
                    LogDriver = options.LogDriver,
                    LogOptions = options.LogOptions,
                    Defaults = options.Defaults,
                    Runtimes = options.Runtimes,
                    UsernsRemap = options.UsernsRemap,
                    Dns = options.Dns,
                    DnsOptions = options.DnsOptions,
                    DnsSearch = options.DnsSearch,
                    RegistryMirrors = options.RegistryMirrors,
                    InsecureRegistries = options.InsecureRegistries,
                    TrustPolicy = options.TrustPolicy,
                    BuildCachePolicy = options.BuildCachePolicy,
                    Labels = options.Labels,
                    Debug = options.Debug,
                    Log = log.Warn,
                },
                CancellationToken.None
            )
            .ConfigureAwait(false);
        await using var opened = engine.ConfigureAwait(false);
        var server = await DaemonServer
            .StartAsync(
                engine,
                new DaemonServerOptions
                {
                    Hosts = options.ListenOn,
                    AllowInsecureLoopback = options.InsecureTcp,
                    Tls = options.Tls,
                    AssignSocketGroup = path => SocketGroup.Assign(path, options.Group, log),
                    Log = log.Info,
                    Version = BuildIdentity.Version,
                    Revision = BuildIdentity.Revision,
                },
                CancellationToken.None
            )
            .ConfigureAwait(false);
        await using var serving = server.ConfigureAwait(false);
        log.Info("ready");
        var signal = await stop.Task.ConfigureAwait(false);
        log.Info($"{signal}: ending; {(options.LiveRestore ? "containers go on" : "stopping containers")}");
        return 0;
    }

    /// <summary>SIGHUP: daemon.json is read again; the log level is what changes without a restart.</summary>
    static void Reload(PosixSignalContext context, string[] arguments, DaemonLog log)
    {
        context.Cancel = true;
        try
        {
            log.Level = DaemonArguments.Parse(arguments, ReadFile).Level;
            log.Info($"reloaded the configuration: log level {log.Level}");
        }
        catch (EngineException e)
        {
            log.Error($"reload: {e.Message}");
        }
    }

    static void Stop(PosixSignalContext context, TaskCompletionSource<string> stop)
    {
        context.Cancel = true;
        stop.TrySetResult(context.Signal.ToString());
    }

    static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidParameterException($"unable to configure the Pier daemon with file {path}: {e.Message}", e);
        }
    }
}
