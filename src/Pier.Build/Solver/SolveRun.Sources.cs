using Pier.Build.Cache;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Builds;

namespace Pier.Build.Solver;

sealed partial class SolveRun
{
    /// <summary>A vertex's tree to read.</summary>
    async Task<SourceTree> OpenAsync(Vertex vertex)
    {
        if (vertex is LocalSource)
            return parts.Store.Contexts.OpenDirectory(await DirectoryAsync(vertex).ConfigureAwait(false));
        if (vertex is HttpSource or GitSource)
            return SourceTree.OpenDirectory(await DirectoryAsync(vertex).ConfigureAwait(false));
        return parts.Store.Builds.OpenLayers((await TreeAsync(vertex).ConfigureAwait(false)).ChainId);
    }

    Task<string> DirectoryAsync(Vertex vertex) =>
        _directories.GetOrAdd(vertex, v => new Lazy<Task<string>>(() => Tracked(Task.Run(() => FetchAsync(v))))).Value;

    async Task<string> FetchAsync(Vertex vertex)
    {
        try
        {
            if (vertex is LocalSource local)
            {
                reporter.Started(vertex);
                var path = await request
                    .Client.OpenLocalAsync(
                        new LocalRequest(local.Local, local.Excludes)
                        {
                            FollowPaths = LocalPaths.Of(request.Roots, local),
                            Progress = total => reporter.Count(vertex, "transferring context:", total),
                        },
                        Token
                    )
                    .ConfigureAwait(false);
                reporter.Counted(vertex);
                reporter.Completed(vertex);
                return path;
            }
            return parts.Store.Builds.Tree((await KnowAsync(vertex).ConfigureAwait(false)).Record!.Tree!);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Fail(vertex, e);
            throw;
        }
    }

    async Task<Known> RemoteAsync(SourceVertex source)
    {
        reporter.Started(source);
        try
        {
            var known = source is GitSource git
                ? await GitAsync(git).ConfigureAwait(false)
                : await HttpAsync((HttpSource)source).ConfigureAwait(false);
            reporter.Completed(source);
            return known;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Fail(source, e);
            throw;
        }
    }

    async Task<Known> GitAsync(GitSource git)
    {
        var commit = await parts.Remote.ResolveAsync(git, Token).ConfigureAwait(false);
        using var hash = new KeyHash("git");
        var key = hash.Add(git.Remote).Add(commit).Add(git.Subdirectory).Add(git.KeepGitDirectory).Finish();
        if (Existing(git, key) is { } there)
            return there;
        var directory = parts.Store.Builds.NewTree(out var id);
        try
        {
            await parts.Remote.FetchAsync(git, commit, directory, Token).ConfigureAwait(false);
        }
        catch
        {
            parts.Store.Builds.RemoveTree(id);
            throw;
        }
        return Keep(git, key, id, BuildCacheTypes.Git, null);
    }

    async Task<Known> HttpAsync(HttpSource http)
    {
        using var hash = new KeyHash("http");
        var key = hash.Add(http.Address.AbsoluteUri).Add(http.FileName).Add(http.Checksum?.ToString() ?? "").Finish();
        var before = Existing(http, key);
        // What was asked for by its content needs no second look.
        if (before is not null && http.Checksum is not null)
            return Content(before.Record!);
        var directory = parts.Store.Builds.NewTree(out var id);
        try
        {
            var fetched = await parts
                .Remote.FetchAsync(http, before?.Record is { } record ? Validators(record) : null, directory, Token)
                .ConfigureAwait(false);
            if (fetched is null)
            {
                parts.Store.Builds.RemoveTree(id);
                return Content(before!.Record!);
            }
            var validators = new Dictionary<string, string> { ["digest"] = fetched.Digest.ToString() };
            if (fetched.ETag is { } tag)
                validators["etag"] = tag;
            if (fetched.LastModified is { } modified)
                validators["last-modified"] = modified;
            return Content(Keep(http, key, id, BuildCacheTypes.Regular, validators).Record!);
        }
        catch
        {
            parts.Store.Builds.RemoveTree(id);
            throw;
        }
    }

    // Known by what was downloaded, not by where from.
    static Known Content(BuildCacheRecord record)
    {
        using var hash = new KeyHash("download");
        return new Known([record.Keys[0]], record, hash.Add(record.Validators!["digest"]).Finish());
    }

    static FetchedFile Validators(BuildCacheRecord record) =>
        new(
            Digest.Parse(record.Validators!["digest"]),
            record.Validators.GetValueOrDefault("etag"),
            record.Validators.GetValueOrDefault("last-modified")
        );

    Known? Existing(SourceVertex source, string key)
    {
        if (source.IgnoreCache || parts.Store.Builds.Cache.Find(key) is not { Tree: { } tree } record)
            return null;
        if (!Use(record) || !Directory.Exists(parts.Store.Builds.Tree(tree)))
            return null;
        parts.Store.Builds.Cache.Used(record.Id, parts.Time.GetUtcNow());
        return new Known([key], record, null);
    }

    Known Keep(SourceVertex source, string key, string tree, string type, Dictionary<string, string>? validators)
    {
        var now = parts.Time.GetUtcNow();
        var record = new BuildCacheRecord
        {
            Id = NewRecord(),
            Keys = [key],
            Identity = key,
            Description = source.Name,
            Type = type,
            Tree = tree,
            Validators = validators,
            CreatedAt = now,
            LastUsedAt = now,
            UsageCount = 1,
            Size = parts.Store.Builds.TreeUsage(tree).Bytes,
        };
        parts.Store.Builds.Cache.Put(record);
        return new Known([key], record, null);
    }
}
