using Pier.Model;

namespace Pier.Store.Contexts;

/// <summary>The paths that a client may send: relative, clean, of names that can be names.</summary>
static class ContextPath
{
    /// <summary>limits.h: PATH_MAX and NAME_MAX, the latter counted in characters here and by the kernel in bytes.</summary>
    const int MaxPath = 4095,
        MaxName = 255;

    /// <summary>
    /// Parent ("" for the root) and last name. Throws <see cref="InvalidParameterException"/> for anything that is not such a path.
    /// </summary>
    internal static (string Parent, string Name) Split(string path)
    {
        if (path.Length is 0 or > MaxPath || path.Contains('\0'))
            throw Invalid(path);
        foreach (var range in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[range] is "" or "." or ".." or { Length: > MaxName })
                throw Invalid(path);
        }
        var slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }

    static InvalidParameterException Invalid(string path) =>
        new(
            $"invalid directory sent by the client: \"{(path.Length > 100 ? path[..100] + "..." : path).Replace('\0', '?')}\" is no path in it"
        );
}
