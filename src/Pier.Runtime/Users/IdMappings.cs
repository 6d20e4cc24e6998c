using System.Globalization;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime;

/// <summary>Which ids of the host stand for which of remapped containers.</summary>
/// <param name="Name">The user that they are delegated to, as `info` and error texts name it.</param>
public sealed record IdMappings(string Name, IReadOnlyList<IdMapping> Users, IReadOnlyList<IdMapping> Groups)
{
    const string DefaultUser = "dockremap";
    const uint Overflow = 65534;

    /// <summary>
    /// The mappings of mounts: the same, and root of the host has the id after the last one. Overlayfs works in its upper directory as who
    /// mounted it, and `cp` writes as the daemon; no container's own namespace has that id.
    /// </summary>
    public IdMappings OfMounts => this with { Users = WithRoot(Users), Groups = WithRoot(Groups) };

    /// <summary>The host's ids for a container's; the overflow ids for what has none.</summary>
    public (uint Uid, uint Gid) Outside(uint uid, uint gid) => (Outside(Users, uid), Outside(Groups, gid));

    /// <summary>A container's ids for the host's; the overflow ids for what it has none for, as it sees them itself.</summary>
    public (uint Uid, uint Gid) Inside(uint uid, uint gid) => (Inside(Users, uid), Inside(Groups, gid));

    static IdMapping[] WithRoot(IReadOnlyList<IdMapping> ranges) =>
        [
            .. ranges,
            new IdMapping
            {
                ContainerID = ranges.Max(r => r.ContainerID + r.Size),
                HostID = 0,
                Size = 1,
            },
        ];

    static uint Outside(IReadOnlyList<IdMapping> ranges, uint id)
    {
        foreach (var range in ranges)
            if (id >= range.ContainerID && id - range.ContainerID < range.Size)
                return range.HostID + (id - range.ContainerID);
        return Overflow;
    }

    static uint Inside(IReadOnlyList<IdMapping> ranges, uint id)
    {
        foreach (var range in ranges)
            if (id >= range.HostID && id - range.HostID < range.Size)
                return range.ContainerID + (id - range.HostID);
        return Overflow;
    }

    /// <summary>
    /// Reads --userns-remap: "default", a name or number of a user, or user:group. Ranges come from subuid(5) and subgid(5), one container
    /// id after another. <paramref name="readFile"/> gives a file's text, or null. Throws in Docker's words.
    /// </summary>
    public static IdMappings Parse(string text, Func<string, string?> readFile)
    {
        var words = text.Split(':');
        if (words.Length > 2 || words.Any(w => w.Length == 0))
            throw new InvalidParameterException($"invalid user/group specification in --userns-remap: \"{text}\"");
        var user = words[0] == "default" ? DefaultUser : words[0];
        var group = words.Length == 2 ? words[1] : user;
        return new IdMappings(
            user,
            Ranges(user, "/etc/subuid", "subuid", "/etc/passwd", readFile),
            Ranges(group, "/etc/subgid", "subgid", words.Length == 2 ? "/etc/group" : "/etc/passwd", readFile)
        );
    }

    static List<IdMapping> Ranges(string name, string file, string kind, string names, Func<string, string?> readFile)
    {
        var aliases = Aliases(name, readFile(names) ?? "");
        var ranges = new List<IdMapping>();
        uint next = 0;
        foreach (var line in (readFile(file) ?? "").Split('\n'))
        {
            // man 5 subuid: name or number, first id, count.
            if (line.Trim().Split(':') is not [var owner, var first, var count] || !aliases.Contains(owner))
                continue;
            if (
                !uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                || !uint.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                || size == 0
            )
                throw new InvalidParameterException($"Can't create ID mappings: {file}: bad line \"{line.Trim()}\"");
            ranges.Add(
                new IdMapping
                {
                    ContainerID = next,
                    HostID = start,
                    Size = size,
                }
            );
            next += size;
        }
        return ranges.Count > 0
            ? ranges
            : throw new InvalidParameterException($"Can't create ID mappings: no {kind} ranges found for user \"{name}\" in {file}");
    }

    /// <summary>A user by name has a number that subuid may use as well, and the other way round.</summary>
    static HashSet<string> Aliases(string name, string file)
    {
        var aliases = new HashSet<string> { name };
        foreach (var line in file.Split('\n'))
        {
            if (line.Split(':') is not [var known, _, var number, ..])
                continue;
            if (known == name)
                aliases.Add(number);
            if (number == name)
                aliases.Add(known);
        }
        return aliases;
    }
}
