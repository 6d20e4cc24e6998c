using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Build.Export;

/// <summary>
/// The history of a built image: the base image's, then an entry an instruction. Times are those of the layers, not of the build: an image
/// that is built again out of the cache is the same image.
/// </summary>
static class ImageHistory
{
    /// <param name="layers">All layers of the image, base first.</param>
    public static HistoryEntry[] Of(BuildPlan plan, SolveResult result, IReadOnlyList<BuiltLayer> layers, DateTimeOffset now)
    {
        var history = new List<HistoryEntry>(plan.BaseImage?.History ?? []);
        var left = new Queue<BuiltLayer>(layers.Skip(plan.BaseImage?.RootFs.DiffIds.Length ?? 0));
        // A base image may tell less of its history than it has layers, and other builders do: then nothing can be told apart by counting.
        var author = plan.Author.Length > 0 ? plan.Author : null;
        var count = plan.BaseImage?.RootFs.DiffIds.Length ?? 0;
        foreach (var step in plan.Instructions.Where(i => i.IsFinalStage && i.CreatedBy.Length > 0))
        {
            var layer = MadeLayer(step, result, ref count) && left.Count > 0 ? left.Dequeue() : null;
            history.Add(
                new HistoryEntry
                {
                    Created = layer?.Created ?? plan.SourceDate,
                    Author = author,
                    CreatedBy = step.CreatedBy,
                    Comment = Comment,
                    EmptyLayer = layer is null,
                }
            );
        }
        return Dated(history, plan.BaseImage?.Created, now);
    }

    const string Comment = "buildkit.dockerfile.v0";

    // What an instruction copies may be there already: then there is no layer.
    static bool MadeLayer(BuildInstruction step, SolveResult result, ref int count)
    {
        if (!step.ChangesTree)
            return false;
        if (result.Find(step.Result) is not { } tree)
            return true;
        var more = tree.Layers.Count > count;
        count = tree.Layers.Count;
        return more;
    }

    // An instruction without a layer has the time of the one before; at the top, that of the first new layer.
    static HistoryEntry[] Dated(List<HistoryEntry> history, DateTimeOffset? baseCreated, DateTimeOffset now)
    {
        var last = history.FirstOrDefault(h => h.Created is not null)?.Created ?? baseCreated ?? now;
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i].Created is { } created)
                last = created;
            else
                history[i] = history[i] with { Created = last };
        }
        return [.. history];
    }
}
