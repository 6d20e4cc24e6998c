using Pier.Build.Cache;
using Pier.Build.Files;
using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Solver;

sealed partial class SolveRun
{
    async Task<Known> IdentifyAsync(Vertex vertex)
    {
        switch (vertex)
        {
            case ScratchSource:
                return Plain("scratch", "");
            case ImageSource image:
                return Plain("image", ImageTree(image).ChainId?.ToString() ?? "");
            case HttpSource or GitSource:
                return await RemoteAsync((SourceVertex)vertex).ConfigureAwait(false);
            case FileStep or RunStep:
                break;
            default:
                throw new InvalidParameterException($"{vertex.Name} has no content of its own");
        }
        if (vertex.IgnoreCache)
        {
            // What stands on it can be looked for only when it is made.
            var tree = await TreeAsync(vertex).ConfigureAwait(false);
            var keys = await KeysAsync(vertex).ConfigureAwait(false);
            var record = parts.Store.Builds.Cache.Find(keys[0]);
            return new Known(keys, record, record?.Identity ?? Again(keys[0], tree.ChainId));
        }
        return await FindAsync(vertex).ConfigureAwait(false);
    }

    static Known Plain(string kind, string what)
    {
        using var key = new KeyHash(kind);
        return new Known([key.Add(what).Finish()], null, null);
    }

    // By what its inputs are known by first, which costs nothing; by their content then.
    async Task<Known> FindAsync(Vertex step)
    {
        var cache = parts.Store.Builds.Cache;
        var definition = Definition(step);
        // With other caches to ask, a stage that only its content tells apart may not be needed at all.
        if (request.Caches.Count == 0)
            foreach (var from in definition.Reads.Select(r => r.From).Where(f => f is FileStep or RunStep))
                _ = Tracked(BeginAsync(from));
        var below = await BelowAsync(step).ConfigureAwait(false);
        var quick = await KeyAsync(definition, below, byContent: false).ConfigureAwait(false);
        var record = cache.Find(quick);
        if (record is not null && Held(record) is not null)
            return Known(step, [record.Keys[0], quick], record);
        if (Elsewhere(step, [quick], quick) is { } elsewhere)
            return elsewhere;
        if (definition.Reads.All(r => r.From is SourceVertex and not ImageSource))
            return Known(step, [quick], null);
        var content = await KeyAsync(definition, below, byContent: true).ConfigureAwait(false);
        record = cache.Find(content);
        if (record is null || Held(record) is null)
            return Elsewhere(step, [content, quick], content) ?? Known(step, [content, quick], null);
        cache.AddKey(record.Id, quick);
        return Known(step, [content, quick], record);
    }

    // A stage that is copied from decides by its content: while the steps below are looked for it may be made already, unless it is known.
    async Task BeginAsync(Vertex stage)
    {
        if ((await KnowAsync(stage).ConfigureAwait(false)).Record is null)
            await TreeAsync(stage).ConfigureAwait(false);
    }

    Known Known(Vertex step, IReadOnlyList<string> keys, Store.Builds.BuildCacheRecord? record)
    {
        if (step is not FileStep { Linked: true })
            return new Known(keys, record, null);
        // The layer is known without its base; the tree is not.
        using var key = new KeyHash("linked");
        var onBase = KnowAsync(((FileStep)step).Base);
        return new Known(keys, record, key.Add(onBase.Result.Identity).Add(record?.Identity ?? keys[0]).Finish());
    }

    async Task<IReadOnlyList<string>> KeysAsync(Vertex step)
    {
        var definition = Definition(step);
        return [await KeyAsync(definition, await BelowAsync(step).ConfigureAwait(false), byContent: true).ConfigureAwait(false)];
    }

    StepDefinition Definition(Vertex step) =>
        step is FileStep file ? StepDefinition.Of(file) : StepDefinition.Of((RunStep)step, request.Run);

    // A linked step stands on nothing, unless it needs its base to look names up.
    async Task<string> BelowAsync(Vertex step)
    {
        if (step is RunStep run)
            return (await KnowAsync(run.Base).ConfigureAwait(false)).Identity;
        var file = (FileStep)step;
        var known = await KnowAsync(file.Base).ConfigureAwait(false);
        return file.Linked && file.Actions.All(a => a.Owner.Length == 0 || OwnerLookup.IsNumeric(a.Owner)) ? "linked" : known.Identity;
    }

    async Task<string> KeyAsync(StepDefinition definition, string below, bool byContent)
    {
        using var key = new KeyHash("step");
        key.Add(definition.Text).Add(below).Add(request.SourceDate?.ToUnixTimeSeconds() ?? -1).Add(definition.Reads.Count);
        foreach (var read in definition.Reads)
        {
            key.Add(
                read.From is LocalSource || (byContent && read.From is not SourceVertex or ImageSource)
                    ? (await ContentAsync(read).ConfigureAwait(false)).ToString()
                    : (await KnowAsync(read.From).ConfigureAwait(false)).Identity
            );
        }
        return key.Finish();
    }

    async Task<Digest> ContentAsync(Selection read)
    {
        using var tree = await OpenAsync(read.From).ConfigureAwait(false);
        return await Task.Run(
                () =>
                {
                    var filter = read.Excludes.Count > 0 ? ExcludeFilter.Of(read.Excludes) : null;
                    var paths = read.Sources.SelectMany(s => SourceGlob.Expand(tree, s)).Select(p => (p, p));
                    return parts.Store.Builds.Hash(tree, paths, filter, owners: read.From is not LocalSource, Token);
                },
                Token
            )
            .ConfigureAwait(false);
    }
}
