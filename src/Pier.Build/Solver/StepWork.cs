using Pier.Store.Snapshots;

namespace Pier.Build.Solver;

/// <summary>A step that is ready to be done: its tree is there and what it reads is open.</summary>
abstract class StepWork(BuiltTree below, StepTree tree) : IDisposable
{
    readonly List<IDisposable> _owned = [];

    /// <summary>What it stands on.</summary>
    public BuiltTree Base => below;

    /// <summary>What becomes its layer.</summary>
    public StepTree Tree => tree;

    /// <summary>Writes into the tree. Throws when it fails; nothing of it is left running then.</summary>
    public abstract Task DoAsync(Action<int, ReadOnlyMemory<byte>> output, CancellationToken ct);

    /// <summary>Closes something with the step.</summary>
    public void Own(IDisposable owned) => _owned.Add(owned);

    public void Dispose()
    {
        for (var i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        tree.Dispose();
    }
}
