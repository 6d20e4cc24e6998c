using Pier.Build.Graph;
using Pier.Build.Solver;

namespace Pier.Build.Cache;

/// <summary>What of another tree a step reads: its content is a part of the step's key.</summary>
/// <param name="Sources">Paths with wildcards.</param>
sealed record Selection(Vertex From, IReadOnlyList<string> Sources, IReadOnlyList<string> Excludes, bool KeepParents);

/// <summary>The part of a step's key that does not depend on other trees, and what it reads of those.</summary>
sealed record StepDefinition(string Text, IReadOnlyList<Selection> Reads)
{
    public static StepDefinition Of(FileStep step)
    {
        using var key = new KeyHash("file");
        key.Add(step.Linked).Add(step.Actions.Count);
        foreach (var action in step.Actions)
            Add(key, action);
        return new StepDefinition(
            key.Finish(),
            [.. step.Actions.OfType<CopyAction>().Select(a => new Selection(a.From, a.Sources, a.Excludes, a.KeepParents))]
        );
    }

    public static StepDefinition Of(RunStep step, RunSettings settings)
    {
        using var key = new KeyHash("run");
        key.Add(step.Arguments).Add(step.Environment).Add(step.WorkingDirectory).Add(step.User).Add((int)step.Network).Add(step.Insecure);
        key.Add(settings.ExtraHosts).Add(step.Mounts.Count);
        foreach (var mount in step.Mounts)
            Add(key, mount);
        return new StepDefinition(
            key.Finish(),
            [.. step.Mounts.OfType<BindMount>().Select(m => new Selection(m.From, [m.Source], [], false))]
        );
    }

    static void Add(KeyHash key, FileAction action)
    {
        key.Add(action.Owner).Add(action.Mode ?? "-");
        switch (action)
        {
            case CopyAction copy:
                key.Add("copy").Add(copy.Sources).Add(copy.Destination).Add(copy.Unpack).Add(copy.KeepParents).Add(copy.Excludes);
                break;
            case WriteAction write:
                key.Add("write").Add(write.Destination).Add(write.FileName).Add(write.Content.Span);
                break;
            case MakeDirectoryAction make:
                key.Add("mkdir").Add(make.Path);
                break;
            default:
                throw new NotSupportedException(action.GetType().Name);
        }
    }

    // What a cache, a secret or an agent holds is no part of the key: the step must not depend on it.
    static void Add(KeyHash key, RunMount mount)
    {
        key.Add(mount.GetType().Name).Add(mount.Target);
        switch (mount)
        {
            case BindMount bind:
                key.Add(bind.Source).Add(bind.ReadOnly);
                break;
            case CacheMount cache:
                key.Add(cache.Id).Add((int)cache.Sharing).Add(cache.ReadOnly).Add(cache.Mode).Add(cache.UserId).Add(cache.GroupId);
                break;
            case TmpfsMount tmpfs:
                key.Add(tmpfs.Size);
                break;
            case SecretMount secret:
                key.Add(secret.Id).Add(secret.Variable ?? "").Add(secret.Mode).Add(secret.UserId).Add(secret.GroupId);
                break;
            case SshMount ssh:
                key.Add(ssh.Id).Add(ssh.Mode).Add(ssh.UserId).Add(ssh.GroupId);
                break;
        }
    }
}
