using System.Text.RegularExpressions;

namespace Pier.Build.Sources.Git;

/// <summary>The address of a repository in Docker's notation: remote#reference:directory.</summary>
/// <param name="Remote">What git fetches from.</param>
/// <param name="Reference">A branch, a tag, a commit, or "".</param>
/// <param name="Subdirectory">A directory of the tree, or "".</param>
public sealed partial record GitAddress(string Remote, string Reference, string Subdirectory)
{
    /// <summary>
    /// Whether ADD or a build context means a repository: git@host:path, git://, ssh://, or http(s) with a path that ends in .git. As a
    /// context "github.com/..."
    /// is one as well.
    /// </summary>
    public static GitAddress? Parse(string text, bool asContext = false)
    {
        var hash = text.IndexOf('#');
        var (remote, fragment) = hash < 0 ? (text, "") : (text[..hash], text[(hash + 1)..]);
        if (
            asContext
            && (
                remote.StartsWith("github.com/", StringComparison.Ordinal)
                || remote.StartsWith("git.", StringComparison.Ordinal) && remote.Contains(".git")
            )
        )
            remote = "https://" + remote;
        if (!IsRepository(remote))
            return null;
        var colon = fragment.IndexOf(':');
        return new GitAddress(remote, colon < 0 ? fragment : fragment[..colon], colon < 0 ? "" : fragment[(colon + 1)..].Trim('/'));
    }

    static bool IsRepository(string remote)
    {
        if (
            remote.StartsWith("git://", StringComparison.OrdinalIgnoreCase)
            || remote.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase)
        )
            return true;
        if (
            remote.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || remote.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        )
            return remote.Split('?')[0].EndsWith(".git", StringComparison.Ordinal);
        return Scp().IsMatch(remote);
    }

    // user@host:path, the notation of scp(1).
    [GeneratedRegex(@"\A[a-zA-Z0-9._-]+@[a-zA-Z0-9.-]+:[^:].*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Scp();
}
