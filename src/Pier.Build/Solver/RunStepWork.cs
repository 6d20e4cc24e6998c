using Microsoft.Win32.SafeHandles;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Snapshots;

namespace Pier.Build.Solver;

/// <summary>Runs a process.</summary>
sealed class RunStepWork(
    RunStep step,
    RunSettings settings,
    IStepRunner runner,
    Digest name,
    BuiltTree below,
    StepTree tree,
    StepMounts mounts
) : StepWork(below, tree)
{
    public override async Task DoAsync(Action<int, ReadOnlyMemory<byte>> output, CancellationToken ct)
    {
        var exitCode = await RunAsync(
                new StepRun
                {
                    Step = step,
                    Settings = settings,
                    MountRoot = Tree.Mount,
                    Mounts = mounts.ByTarget,
                    Environment = [.. step.Environment, .. step.UncachedEnvironment, .. mounts.Environment],
                    Output = output,
                },
                ct
            )
            .ConfigureAwait(false);
        if (exitCode != 0)
            throw new StepFailedException(step.Arguments, exitCode, name);
    }

    // ENOEXEC: the program is for another processor, and nobody has told the kernel what runs it (binfmt_misc).
    async Task<int> RunAsync(StepRun run, CancellationToken ct)
    {
        try
        {
            return await runner.RunAsync(run, ct).ConfigureAwait(false);
        }
        catch (EngineException e)
            when (step.Platform is { } platform
                && !Platform.Host.Satisfies(platform)
                && e.Message.Contains("exec format error", StringComparison.OrdinalIgnoreCase)
            )
        {
            throw new UnsupportedException(
                $"this step is for {platform}, and the kernel of this host ({Platform.Host}) has nothing registered in binfmt_misc that runs programs for it: "
                    + $"register an emulator (qemu-user-static), or run the step in a stage of its own with FROM --platform=$BUILDPLATFORM: {e.Message}",
                e
            );
        }
    }
}

/// <summary>The mounts of a step, opened, and what they add to its environment.</summary>
sealed class StepMounts : IDisposable
{
    readonly Dictionary<string, SafeFileHandle> _byTarget = [];
    readonly List<MountPlace> _places = [];
    readonly List<string> _environment = [];
    readonly List<IDisposable> _owned = [];

    public IReadOnlyDictionary<string, SafeFileHandle> ByTarget => _byTarget;
    public IReadOnlyList<MountPlace> Places => _places;
    public IReadOnlyList<string> Environment => _environment;

    public void Add(string target, SafeFileHandle mount, bool isDirectory)
    {
        if (_byTarget.Remove(target, out var before))
            before.Dispose();
        _byTarget[target] = mount;
        _places.Add(new MountPlace(target, isDirectory));
    }

    public void AddVariable(string variable) => _environment.Add(variable);

    /// <summary>Closed after the step, in the other direction.</summary>
    public void Own(IDisposable owned) => _owned.Add(owned);

    public void Dispose()
    {
        foreach (var mount in _byTarget.Values)
            mount.Dispose();
        for (var i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
    }
}
