using System.Text.RegularExpressions;

namespace Pier.Model;

/// <summary>
/// An image's full name: domain/path[:tag][@digest]. Parsing normalizes as Docker does: "busybox" is docker.io/library/busybox.
/// Two references are equal when their full names are.
/// </summary>
public sealed partial record ImageReference
{
    const string DefaultDomain = "docker.io",
        LegacyDomain = "index.docker.io",
        OfficialPrefix = "library/",
        DefaultTag = "latest";

    const string DomainPart = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    const string DomainGrammar = $@"(?:{DomainPart}(?:\.{DomainPart})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?";
    const string PathPart = "[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*";
    const string TagGrammar = @"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
    const string DigestGrammar = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
    const string Grammar =
        $@"\A(?<domain>{DomainGrammar})/(?<path>{PathPart}(?:/{PathPart})*)(?::(?<tag>{TagGrammar}))?(?:@(?<digest>{DigestGrammar}))?\z";

    ImageReference(string domain, string path, string? tag, Digest? digest) => (Domain, Path, Tag, Digest) = (domain, path, tag, digest);

    /// <summary>The registry: "docker.io", "localhost:5000".</summary>
    public string Domain { get; }

    /// <summary>The repository inside the registry: "library/busybox".</summary>
    public string Path { get; }

    /// <summary>The tag, or null.</summary>
    public string? Tag { get; }

    /// <summary>The manifest digest, or null.</summary>
    public Digest? Digest { get; }

    /// <summary>Domain and path: "docker.io/library/busybox".</summary>
    public string Name => $"{Domain}/{Path}";

    /// <summary>The name as people write it: "busybox".</summary>
    public string FamiliarName =>
        Domain != DefaultDomain ? Name
        : Path.StartsWith(OfficialPrefix, StringComparison.Ordinal) && !Path[OfficialPrefix.Length..].Contains('/')
            ? Path[OfficialPrefix.Length..]
        : Path;

    /// <summary>The whole reference as people write it: "busybox:latest".</summary>
    public string Familiar => FamiliarName + Suffix;

    string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is { } digest ? "@" + digest : "");

    /// <summary>The full name with tag and digest.</summary>
    public override string ToString() => Name + Suffix;

    /// <summary>This reference with the tag "latest" where it has neither tag nor digest.</summary>
    public ImageReference WithDefaultTag() => Tag is null && Digest is null ? new ImageReference(Domain, Path, DefaultTag, null) : this;

    /// <summary>The same repository with another tag; throws <see cref="InvalidParameterException"/> for a bad one.</summary>
    public ImageReference WithTag(string tag) =>
        WholeTag().IsMatch(tag) ? new ImageReference(Domain, Path, tag, null) : throw new InvalidParameterException("invalid tag format");

    /// <summary>The same repository by digest alone.</summary>
    public ImageReference WithDigest(Digest digest) => new(Domain, Path, null, digest);

    /// <summary>Parses or answers false.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ImageReference? reference)
    {
        try
        {
            reference = Parse(text);
            return true;
        }
        catch (InvalidParameterException)
        {
            reference = null;
            return false;
        }
    }

    /// <summary>Parses and normalizes; throws <see cref="InvalidParameterException"/> with Docker's texts.</summary>
    public static ImageReference Parse(string text)
    {
        if (text.Length == 64 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            throw new InvalidParameterException($"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings");
        var (domain, remainder) = SplitDomain(text);
        var path = remainder.IndexOf(':') is var colon and > -1 ? remainder[..colon] : remainder;
        if (path.IndexOf('@') is var at and > -1)
            path = path[..at];
        if (path != path.ToLowerInvariant())
            throw new InvalidParameterException($"invalid reference format: repository name ({path}) must be lowercase");
        var match = Whole().Match($"{domain}/{remainder}");
        if (!match.Success)
            throw Invalid();
        if (match.Groups["path"].Length > 255)
            throw new InvalidParameterException("repository name must not be more than 255 characters");
        Digest? digest = null;
        if (match.Groups["digest"] is { Success: true } written)
            digest = Model.Digest.TryParse(written.Value, out var parsed) ? parsed : throw Invalid();
        return new ImageReference(
            match.Groups["domain"].Value,
            match.Groups["path"].Value,
            match.Groups["tag"] is { Success: true } tag ? tag.Value : null,
            digest
        );
    }

    static InvalidParameterException Invalid() => new("invalid reference format");

    // The part before the first slash is a registry when it looks like a host: a dot, a port, "localhost" or an upper-case letter.
    static (string Domain, string Remainder) SplitDomain(string text)
    {
        var slash = text.IndexOf('/');
        var first = slash < 0 ? "" : text[..slash];
        var isHost = slash >= 0 && (first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first != first.ToLowerInvariant());
        var (domain, remainder) = isHost ? (first, text[(slash + 1)..]) : (DefaultDomain, text);
        if (domain == LegacyDomain)
            domain = DefaultDomain;
        return domain == DefaultDomain && !remainder.Contains('/') ? (domain, OfficialPrefix + remainder) : (domain, remainder);
    }

    [GeneratedRegex(Grammar, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();

    [GeneratedRegex($@"\A{TagGrammar}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WholeTag();
}
