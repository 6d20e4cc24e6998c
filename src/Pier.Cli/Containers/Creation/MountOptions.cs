using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>-v, --tmpfs and --mount.</summary>
sealed record MountOptions(
    string[]? Binds,
    Dictionary<string, EmptyObject>? AnonymousVolumes,
    Dictionary<string, string>? Tmpfs,
    MountRequest[]? Mounts
)
{
    public static MountOptions Read(ParsedLine line)
    {
        var binds = new List<string>();
        var anonymous = new Dictionary<string, EmptyObject>();
        foreach (var volume in line.List("volume"))
        {
            if (volume.Length == 0)
                throw new CliFailure("invalid empty volume spec", 125);
            if (volume.Contains(':'))
                binds.Add(Absolute(volume));
            else
                anonymous[volume] = EmptyObject.Instance;
        }
        var tmpfs = new Dictionary<string, string>();
        foreach (var spec in line.List("tmpfs"))
        {
            var colon = spec.IndexOf(':');
            tmpfs[colon < 0 ? spec : spec[..colon]] = colon < 0 ? "" : spec[(colon + 1)..];
        }
        return new MountOptions(
            binds.Count == 0 ? null : [.. binds],
            anonymous.Count == 0 ? null : anonymous,
            tmpfs.Count == 0 ? null : tmpfs,
            line.Has("mount") ? [.. line.List("mount").Select(MountSpec.Parse)] : null
        );
    }

    /// <summary>A source such as "./data" means a place below the client's directory.</summary>
    static string Absolute(string bind)
    {
        var colon = bind.IndexOf(':');
        var source = bind[..colon];
        return
            source is "." or ".." || source.StartsWith("./", StringComparison.Ordinal) || source.StartsWith("../", StringComparison.Ordinal)
            ? Path.GetFullPath(source) + bind[colon..]
            : bind;
    }
}
