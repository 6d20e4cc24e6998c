using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Build.Cache;

/// <summary>
/// What an image's history says of a build that may have made it, as Docker's classic builder took it (--cache-from): as long as the
/// instructions are the same ones from the first, its layers may be theirs. Of a RUN the words decide, once its base is the same; of a COPY
/// or ADD what it copies.
/// </summary>
public static class ImageHints
{
    const string NoCommand = "#(nop)",
        Comment = "# buildkit";

    /// <summary>The layers that a step and those below it may have made, by the step.</summary>
    public static IReadOnlyDictionary<Vertex, IReadOnlyList<BuiltLayer>> Of(BuildPlan plan, ImageManifest manifest, ImageConfig config)
    {
        var hints = new Dictionary<Vertex, IReadOnlyList<BuiltLayer>>(ReferenceEqualityComparer.Instance);
        var history = config.History ?? [];
        BuiltLayer[] layers = [.. manifest.Layers.Zip(config.RootFs.DiffIds, (blob, diffId) => new BuiltLayer(blob, diffId, null))];
        if (history.Count(h => !h.EmptyLayer) != layers.Length)
            return hints;
        var below = plan.BaseImage?.History ?? [];
        if (below.Length > history.Length || !below.Zip(history).All(h => h.First.CreatedBy == h.Second.CreatedBy))
            return hints;
        var (at, layer) = (below.Length, history.Take(below.Length).Count(h => !h.EmptyLayer));
        foreach (var step in plan.Instructions.Where(i => i.IsFinalStage && i.CreatedBy.Length > 0))
        {
            if (at == history.Length || Plain(step.CreatedBy) != Plain(history[at].CreatedBy ?? ""))
                break;
            if (history[at].EmptyLayer)
            {
                at++;
                continue;
            }
            layers[layer] = layers[layer] with { Created = history[at].Created };
            if (step.ChangesTree)
                hints.TryAdd(step.Result, layers[..(layer + 1)]);
            (at, layer) = (at + 1, layer + 1);
        }
        return hints;
    }

    // Docker and BuildKit write the same thing in different ways; what is copied stands there as a hash of Docker's own.
    static string Plain(string createdBy)
    {
        var text = createdBy.Trim();
        if (text.IndexOf(NoCommand, StringComparison.Ordinal) is var at and >= 0)
            text = text[(at + NoCommand.Length)..].Trim();
        if (text.EndsWith(Comment, StringComparison.Ordinal))
            text = text[..^Comment.Length].Trim();
        if (text.StartsWith("RUN ", StringComparison.Ordinal))
            text = text[4..].Trim();
        return text.Split(' ')[0] is "COPY" or "ADD" ? text.Split(' ')[0] : text;
    }
}
