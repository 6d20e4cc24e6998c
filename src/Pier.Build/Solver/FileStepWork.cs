using Pier.Build.Files;
using Pier.Build.Graph;
using Pier.Store.Builds;
using Pier.Store.Snapshots;

namespace Pier.Build.Solver;

/// <summary>Copies and makes files.</summary>
sealed class FileStepWork(FileStep step, BuiltTree below, StepTree tree, SourceTree names, IReadOnlyDictionary<Vertex, SourceTree> sources)
    : StepWork(below, tree)
{
    // The file calls are synchronous: a thread of the pool does them.
    public override Task DoAsync(Action<int, ReadOnlyMemory<byte>> output, CancellationToken ct) =>
        Task.Run(
            () =>
            {
                using var target = BuildStore.OpenStep(Tree, ct);
                var worker = new FileWorker(target, names, vertex => sources[vertex], ct);
                foreach (var action in step.Actions)
                    worker.Do(action);
            },
            ct
        );
}
