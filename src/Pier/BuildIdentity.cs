using System.Reflection;

namespace Pier;

/// <summary>Which Pier this is: the version that Directory.Build.props names and the commit that the build was made from.</summary>
static class BuildIdentity
{
    const int ShortRevision = 7;

    static readonly string[] Parts = (
        typeof(BuildIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? ""
    ).Split('+');

    /// <summary>"0.1.0".</summary>
    public static string Version => Parts[0];

    /// <summary>The commit in short; "" where the build had no repository.</summary>
    public static string Revision => Parts is [_, { Length: > ShortRevision } commit] ? commit[..ShortRevision] : "";
}
