using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>--link: "name", "name:alias", or as inspect shows them "/name:/self/alias".</summary>
static class LinkSyntax
{
    public static (string Target, string Alias) Parse(string link)
    {
        var words = link.Split(':');
        if (words is { Length: > 2 } or [""] or ["", ..])
            throw new InvalidParameterException($"bad format for links: {link}");
        var target = words[0].TrimStart('/');
        var alias = words.Length == 1 ? target : words[1];
        // "/self/alias": the last word is the alias.
        alias = alias[(alias.LastIndexOf('/') + 1)..];
        return target.Length > 0 && alias.Length > 0
            ? (target, alias)
            : throw new InvalidParameterException($"bad format for links: {link}");
    }
}
