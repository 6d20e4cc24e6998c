using System.Runtime.CompilerServices;
using Pier.Registry.Storage;

namespace Pier.Registry.Content;

/// <summary>Walks the repositories that exist.</summary>
sealed class RepositoryTree(IStorageDriver driver)
{
    /// <summary>Names of the repositories with at least one manifest, in lexical order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken ct)
    {
        var found = new List<string>();
        await foreach (var name in WalkAsync(empty: false, ct))
            found.Add(name);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Every name in no order; with <paramref name="empty"/> also of repositories without a manifest.</summary>
    public async IAsyncEnumerable<string> WalkAsync(bool empty, [EnumeratorCancellation] CancellationToken ct)
    {
        var pending = new Stack<string>([""]);
        while (pending.TryPop(out var name))
        {
            var isRepository = false;
            foreach (
                var child in await driver.ChildrenAsync(
                    name.Length == 0 ? RegistryLayout.Repositories : RegistryLayout.Repository(name),
                    ct
                )
            )
            {
                if (child[0] != '_')
                    pending.Push(name.Length == 0 ? child.TrimEnd('/') : $"{name}/{child.TrimEnd('/')}");
                else
                    isRepository |= empty || child == RegistryLayout.ManifestsWord + "/" && await HasManifestsAsync(name, ct);
            }
            if (isRepository)
                yield return name;
        }
    }

    async ValueTask<bool> HasManifestsAsync(string name, CancellationToken ct)
    {
        foreach (var algorithm in await driver.ChildrenAsync(RegistryLayout.Manifests(name), ct))
            if ((await driver.ChildrenAsync($"{RegistryLayout.Manifests(name)}/{algorithm.TrimEnd('/')}", ct)).Count > 0)
                return true;
        return false;
    }
}
