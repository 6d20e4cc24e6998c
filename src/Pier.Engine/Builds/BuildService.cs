using System.Collections.Concurrent;
using Pier.Build.Frontend;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Build.Sources;
using Pier.Engine.Images;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Images;

namespace Pier.Engine.Builds;

/// <summary>The use cases of builds, a file a verb.</summary>
public sealed partial class BuildService : IAsyncDisposable
{
    readonly EngineParts parts;
    readonly ImageService images;
    readonly BuildSolver solver;
    readonly IRemoteSources remote = new RemoteSources();
    readonly ConcurrentDictionary<string, CancellationTokenSource> _byId = new();
    readonly ConcurrentDictionary<Task, bool> _running = new();
    readonly SeenSteps _seen = new();
    readonly CancellationTokenSource _closing = new();

    internal BuildService(EngineParts parts, StepRunner runner, ImageService images)
    {
        (this.parts, this.images) = (parts, images);
        solver = new BuildSolver(parts.Store, runner, remote, parts.Time);
    }

    /// <summary>What keeps the trees of steps: "overlay".</summary>
    public string DriverName => parts.Store.Snapshots.DriverName;

    /// <summary>Throws <see cref="UnsupportedException"/> for what this host cannot make of any build.</summary>
    public static void Check(ImageOutput output)
    {
        if (output.Form.Compression is { } compression)
            ImageStore.Check(compression);
    }

    /// <summary>Stops what is being built.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (var build in _running.Keys)
            await build.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
