using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Sources.Git;

/// <summary>One remote repository as a source of trees.</summary>
sealed class GitRepository(GitSource source, RemoteLimits limits)
{
    const int MaxSubmoduleDepth = 10;

    GitRemote? _remote;

    /// <summary>The commit that the source's reference means now. Throws the EngineException family.</summary>
    public async Task<string> ResolveAsync(CancellationToken ct)
    {
        if (IsCommit(source.Reference))
            return Checked(source.Reference);
        var remote = await RemoteAsync(ct);
        var name = source.Reference.Length == 0 ? "HEAD" : source.Reference;
        if (!IsReference(name))
            throw new InvalidParameterException($"invalid git reference {name}");
        var lines = await GitAsync(remote, "/", ct, "ls-remote", "--", remote.Address, name, name + "^{}");
        var found = lines
            .Split('\n')
            .Select(l => l.Split('\t'))
            .Where(f => f.Length == 2 && IsCommit(f[0]))
            .Select(f => (Commit: f[0], Name: f[1]))
            .ToList();
        // A tag's commit goes before the tag, a branch before a tag of the same name.
        string[] order = [name, $"refs/heads/{name}", $"refs/tags/{name}^{{}}", $"refs/tags/{name}", name + "^{}"];
        var best = order.Select(o => found.Find(f => f.Name == o).Commit).FirstOrDefault(c => c is not null);
        return best is null ? throw new InvalidParameterException($"repository {remote.Shown} does not contain ref {name}") : Checked(best);
    }

    string Checked(string commit) =>
        source.Checksum is not { } wanted || commit.StartsWith(wanted, StringComparison.Ordinal) && wanted.Length >= 7
            ? commit
            : throw new InvalidParameterException($"expected checksum to match {wanted}, got {commit}");

    /// <summary>Fetches a commit's tree into an empty directory.</summary>
    public async Task FetchAsync(string commit, string directory, CancellationToken ct)
    {
        if (!IsCommit(commit))
            throw new InvalidParameterException($"invalid git commit {commit}");
        if (source.Subdirectory.Length > 0 && source.KeepGitDirectory)
            throw new InvalidParameterException("a subdirectory of a repository cannot keep its git directory");
        var remote = await RemoteAsync(ct);
        // Everything happens in a directory of an unlikely name; the tree is moved out of it at last.
        var work = Path.Combine(directory, ".fetch-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            await GitAsync(remote, work, ct, "init", "--quiet", "--template=", "--initial-branch=main", "--", work);
            await GitAsync(remote, work, ct, "remote", "add", "--", "origin", remote.Address);
            await FetchCommitAsync(remote, work, commit, ct);
            await GitAsync(remote, work, ct, "checkout", "--quiet", "--force", "--detach", commit, "--");
            await SubmodulesAsync(remote, work, 0, ct);
            if (remote.Address != remote.Shown)
                await GitAsync(remote, work, ct, "remote", "set-url", "--", "origin", remote.Shown);
            File.Delete(Path.Combine(work, ".git", "FETCH_HEAD"));
            FetchedTree.MoveOut(work, source.Subdirectory, directory, source.KeepGitDirectory);
        }
        finally
        {
            FetchedTree.Delete(work);
        }
    }

    // Servers may refuse to give a commit by its name: then all branches and tags are fetched.
    async Task FetchCommitAsync(GitRemote remote, string work, string commit, CancellationToken ct)
    {
        try
        {
            await GitAsync(
                remote,
                work,
                ct,
                "fetch",
                "--quiet",
                "--depth=1",
                "--no-tags",
                "--no-recurse-submodules",
                "--",
                "origin",
                commit
            );
        }
        catch (InvalidParameterException)
        {
            await GitAsync(
                remote,
                work,
                ct,
                "fetch",
                "--quiet",
                "--force",
                "--tags",
                "--no-recurse-submodules",
                "--",
                "origin",
                "+refs/heads/*:refs/remotes/origin/*"
            );
        }
    }

    // git itself refuses submodules that would write elsewhere; where they come from is held to the same protocols and addresses, level by
    // level.
    async Task SubmodulesAsync(GitRemote remote, string tree, int depth, CancellationToken ct)
    {
        var file = new FileInfo(Path.Combine(tree, ".gitmodules"));
        if (!file.Exists || file.LinkTarget is not null)
            return;
        if (depth > MaxSubmoduleDepth)
            throw new InvalidParameterException($"repository {remote.Shown} has submodules in submodules without end");
        var values = await GitAsync(remote, tree, ct, "config", "--file", ".gitmodules", "--get-regexp", @"^submodule\..*\.(url|path)$");
        var pairs = values.Split('\n').Select(l => l.Split(' ', 2)).Where(f => f.Length == 2).ToList();
        foreach (var url in pairs.Where(p => p[0].EndsWith(".url", StringComparison.Ordinal)).Select(p => p[1]))
            if (!url.StartsWith("./", StringComparison.Ordinal) && !url.StartsWith("../", StringComparison.Ordinal))
                await GitRemote.CheckAsync(url, ct);
        await GitAsync(remote, tree, ct, "submodule", "--quiet", "update", "--init", "--depth=1");
        foreach (var path in pairs.Where(p => p[0].EndsWith(".path", StringComparison.Ordinal)).Select(p => p[1]))
            if (FetchedTree.Directory(tree, path) is { } module)
                await SubmodulesAsync(remote, module, depth + 1, ct);
    }

    async Task<GitRemote> RemoteAsync(CancellationToken ct) => _remote ??= await GitRemote.OpenAsync(source.Remote, ct);

    async Task<string> GitAsync(GitRemote remote, string directory, CancellationToken ct, params string[] words)
    {
        try
        {
            return await new GitCommand(limits, remote.Protocols).RunAsync(directory, [.. remote.Options, .. words], ct);
        }
        catch (GitFailedException e)
        {
            var text = e.Message.Replace(remote.Address, remote.Shown, StringComparison.Ordinal);
            throw new InvalidParameterException(
                $"failed to fetch remote {remote.Shown}: git error: {(text.Length > 2000 ? text[..2000] : text)}",
                e
            );
        }
    }

    static bool IsCommit(string text) => text.Length is 40 or 64 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");

    // git-check-ref-format(1), and nothing that could be an option or a pattern.
    static bool IsReference(string name) =>
        name.Length <= 255
        && name[0] is not ('-' or '/')
        && !name.Contains("..")
        && !name.EndsWith(".lock", StringComparison.Ordinal)
        && !name.Contains("@{")
        && name.All(c => c > ' ' && c != '\u007f' && !"~^:?*[\\".Contains(c));
}
