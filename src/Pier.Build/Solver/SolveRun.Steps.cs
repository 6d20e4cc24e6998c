using System.Security.Cryptography;
using System.Text;
using Pier.Build.Files;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Build.Solver;

sealed partial class SolveRun
{
    async Task<StepWork> PrepareAsync(FileStep step, CancellationToken ct)
    {
        var froms = step.Actions.OfType<CopyAction>().Select(a => a.From).Distinct().ToArray();
        Begin(froms);
        var below = step.Linked ? BuiltTree.Empty : await TreeAsync(step.Base).ConfigureAwait(false);
        var opened = new Dictionary<Vertex, SourceTree>(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (var from in froms)
                opened[from] = await OpenAsync(from).ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            var needsNames = step.Actions.Any(a => a.Owner.Length > 0 && !OwnerLookup.IsNumeric(a.Owner));
            var names = opened[step.Base] = needsNames
                ? await OpenAsync(step.Base).ConfigureAwait(false)
                : opened.GetValueOrDefault(step.Base) ?? parts.Store.Builds.OpenLayers(null);
            var work = new FileStepWork(step, below, parts.Store.Snapshots.BeginStep(below.ChainId), names, opened);
            foreach (var tree in opened.Values)
                work.Own(tree);
            return work;
        }
        catch
        {
            foreach (var tree in opened.Values)
                tree.Dispose();
            throw;
        }
    }

    async Task<StepWork> PrepareAsync(RunStep step, CancellationToken ct)
    {
        if (step.Insecure && !request.AllowInsecure)
            throw new ForbiddenException("security.insecure is not allowed");
        if (step.Network == RunNetwork.Host && !request.AllowHostNetwork)
            throw new ForbiddenException("network.host is not allowed");
        Begin(step.Inputs);
        var below = await TreeAsync(step.Base).ConfigureAwait(false);
        var mounts = new StepMounts();
        try
        {
            foreach (var mount in step.Mounts)
                await AddAsync(mounts, mount, TargetOf(step, mount), ct).ConfigureAwait(false);
            var work = new RunStepWork(
                step,
                request.Run,
                parts.Runner,
                reporter.NameOf(step),
                below,
                parts.Store.Snapshots.BeginStep(below.ChainId, mounts.Places),
                mounts
            );
            work.Own(mounts);
            return work;
        }
        catch
        {
            mounts.Dispose();
            throw;
        }
    }

    static string TargetOf(RunStep step, RunMount mount) =>
        SourceGlob.Clean(mount.Target.StartsWith('/') ? mount.Target : $"{step.WorkingDirectory}/{mount.Target}");

    async Task AddAsync(StepMounts mounts, RunMount mount, string target, CancellationToken ct)
    {
        switch (mount)
        {
            case BindMount bind:
                await AddBindAsync(mounts, bind, target).ConfigureAwait(false);
                break;
            case CacheMount cache:
                await AddCacheAsync(mounts, cache, target, ct).ConfigureAwait(false);
                break;
            case TmpfsMount tmpfs:
                mounts.Add(target, BuildStore.MountTmpfs(tmpfs.Size), isDirectory: true);
                break;
            case SecretMount secret:
                await AddSecretAsync(mounts, secret, target, ct).ConfigureAwait(false);
                break;
            case SshMount ssh:
                await AddSshAsync(mounts, ssh, target, ct).ConfigureAwait(false);
                break;
        }
    }

    async Task AddBindAsync(StepMounts mounts, BindMount bind, string target)
    {
        using var tree = await OpenAsync(bind.From).ConfigureAwait(false);
        var entry =
            tree.Find(bind.Source)
            ?? throw new NotFoundException(
                $"failed to compute cache key: failed to calculate checksum of ref: \"{bind.Source}\": not found"
            );
        if (bind.ReadOnly)
        {
            mounts.Add(target, tree.Mount(bind.Source, readOnly: true)!, entry.IsDirectory);
            return;
        }
        // What the step writes there is lost with this tree.
        var scratch = parts.Store.Snapshots.BeginStep(
            bind.From is SourceVertex and not ImageSource ? null : (await TreeAsync(bind.From).ConfigureAwait(false)).ChainId
        );
        mounts.Own(scratch);
        if (bind.From is SourceVertex and not ImageSource)
        {
            using var copy = BuildStore.OpenStep(scratch, Token);
            copy.CopyDirectory(tree, "/", "/", new CopyLook(null, null), null);
        }
        using var writable = new SourceTree(scratch.Mount());
        mounts.Add(target, writable.Mount(bind.Source, readOnly: false)!, entry.IsDirectory);
    }

    async Task AddCacheAsync(StepMounts mounts, CacheMount cache, string target, CancellationToken ct)
    {
        // Ids are the user's: what names the directory is their hash.
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("cache mount " + cache.Id)));
        if (cache.Sharing == CacheSharing.Locked)
            mounts.Own(await parts.CacheLocks.LockAsync(id, ct).ConfigureAwait(false));
        if (cache.Sharing == CacheSharing.Private)
            mounts.Own(parts.CacheLocks.Take(id, out id));
        mounts.Own(parts.Store.Builds.Cache.Hold(id));
        if (!parts.Store.Builds.HasCacheMount(id))
        {
            using var from = cache.From is null ? null : await OpenAsync(cache.From).ConfigureAwait(false);
            parts.Store.Builds.CreateCacheMount(
                id,
                $"cached mount {target} with id \"{cache.Id}\"",
                (uint)cache.Mode,
                ((uint)cache.UserId, (uint)cache.GroupId),
                from,
                cache.Source
            );
        }
        parts.Store.Builds.Cache.Used(id, parts.Time.GetUtcNow());
        mounts.Add(target, parts.Store.Builds.MountCache(id, cache.ReadOnly), isDirectory: true);
    }

    async Task AddSecretAsync(StepMounts mounts, SecretMount secret, string target, CancellationToken ct)
    {
        if (await request.Client.ReadSecretAsync(secret.Id, ct).ConfigureAwait(false) is not { } content)
        {
            if (secret.Required)
                throw new NotFoundException($"secret {secret.Id}: not found");
            return;
        }
        if (secret.Variable is { } variable)
            mounts.AddVariable($"{variable}={Encoding.UTF8.GetString(content.Span)}");
        if (secret.Target.Length > 0)
            mounts.Add(
                target,
                BuildStore.MountSecret(content.Span, (uint)secret.Mode, ((uint)secret.UserId, (uint)secret.GroupId)),
                isDirectory: false
            );
    }

    async Task AddSshAsync(StepMounts mounts, SshMount ssh, string target, CancellationToken ct)
    {
        if (await request.Client.OpenSshAsync(ssh.Id, ct).ConfigureAwait(false) is not { } socket)
        {
            if (ssh.Required)
                throw new NotFoundException($"unset ssh forward key {ssh.Id}");
            return;
        }
        mounts.Add(target, BuildStore.MountFile(socket), isDirectory: false);
        mounts.AddVariable($"SSH_AUTH_SOCK={target}");
    }
}
