using System.Text.RegularExpressions;

namespace Pier.Model.Distribution;

/// <summary>
/// The grammar of names inside a registry (OCI distribution spec, "Pulling manifests"): what passes can be part of a path.
/// </summary>
public static partial class RepositoryName
{
    /// <summary>Whether a text names a repository: lower-case words between slashes, 255 characters at most.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= 255 && Name().IsMatch(name);

    /// <summary>Whether a text is a tag, 128 characters at most.</summary>
    public static bool IsTag(string tag) => Tag().IsMatch(tag);

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
