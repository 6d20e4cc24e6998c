using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Users;

/// <summary>
/// Turns "user", "uid", "user:group" and so on into numbers by the root file system's own /etc/passwd and /etc/group (man 5 passwd, group).
/// The files are the image's: they are opened inside the root, read with a bound, and never through the C library (CVE-2019-14271).
/// </summary>
public static class UserResolver
{
    // The largest id that a process may have: -1 means "leave as it is" to setresuid(2).
    const uint GreatestId = int.MaxValue;
    const int GreatestFile = 4 << 20;

    /// <summary>
    /// Throws <see cref="InvalidParameterException"/> with Docker's texts. Additional groups (--group-add) are names or numbers.
    /// </summary>
    public static User Resolve(SafeFileHandle root, string user, IReadOnlyList<string> additionalGroups) =>
        Resolve(user, additionalGroups, () => Read(root, "etc/passwd"), () => Read(root, "etc/group"));

    internal static User Resolve(string user, IReadOnlyList<string> additionalGroups, Func<string> passwd, Func<string> group)
    {
        var colon = user.IndexOf(':');
        var userName = colon < 0 ? user : user[..colon];
        var groupName = colon < 0 ? "" : user[(colon + 1)..];
        var entry = FindUser(userName, passwd);
        var supplementary = new List<uint>();
        uint gid;
        if (groupName.Length > 0)
        {
            gid =
                FindGroup(groupName, group)
                ?? throw new InvalidParameterException($"unable to find group {groupName}: no matching entries in group file");
        }
        else
        {
            gid = entry.Gid;
            // Groups that list the user count only when no group was named, as Docker has it.
            if (entry.Name is { } name)
                supplementary.AddRange(GroupsOf(name, group));
        }
        foreach (var added in additionalGroups)
        {
            var number =
                FindGroup(added, group)
                ?? throw new InvalidParameterException($"Unable to find group {added}: no matching entries in group file");
            if (!supplementary.Contains(number))
                supplementary.Add(number);
        }
        // The primary group belongs to the set: otherwise dropping it would widen access where a group is denied (CVE-2022-36109).
        if (!supplementary.Contains(gid))
            supplementary.Insert(0, gid);
        return new User
        {
            Uid = entry.Uid,
            Gid = gid,
            AdditionalGids = supplementary,
            Username = entry.Name,
        };
    }

    static (string? Name, uint Uid, uint Gid) FindUser(string wanted, Func<string> passwd)
    {
        var number = ParseId(wanted);
        if (wanted.Length == 0)
            number = 0;
        foreach (var fields in Lines(passwd(), 4))
        {
            if (!TryId(fields[2], out var uid) || !TryId(fields[3], out var gid))
                continue;
            if (number is { } id ? uid == id : fields[0] == wanted)
                return (fields[0], uid, gid);
        }
        return number is { } bare
            ? (null, bare, 0)
            : throw new InvalidParameterException($"unable to find user {wanted}: no matching entries in passwd file");
    }

    static uint? FindGroup(string wanted, Func<string> group)
    {
        var number = ParseId(wanted);
        foreach (var fields in Lines(group(), 3))
        {
            if (TryId(fields[2], out var gid) && (number is { } id ? gid == id : fields[0] == wanted))
                return gid;
        }
        return number;
    }

    static IEnumerable<uint> GroupsOf(string user, Func<string> group)
    {
        foreach (var fields in Lines(group(), 4))
        {
            if (fields[3].Split(',').Contains(user) && TryId(fields[2], out var gid))
                yield return gid;
        }
    }

    static IEnumerable<string[]> Lines(string text, int fields)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var parts = line.TrimEnd('\r').Split(':');
            if (parts.Length >= fields)
                yield return parts;
        }
    }

    // Null for a name. A number out of range is an error, not a wrap-around to root (CVE-2024-40635).
    static uint? ParseId(string text)
    {
        if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return null;
        return TryId(text, out var id) ? id : throw new InvalidParameterException($"uids and gids must be in range 0-{GreatestId}: {text}");
    }

    static bool TryId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= GreatestId;

    static string Read(SafeFileHandle root, string path)
    {
        using var file = Open(root, path);
        if (file is null)
            return "";
        var bytes = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            if (length == bytes.Length)
            {
                if (length >= GreatestFile)
                    throw new InvalidParameterException($"/{path} of the image is larger than {GreatestFile} bytes");
                Array.Resize(ref bytes, bytes.Length * 2);
            }
            int read;
            try
            {
                read = RandomAccess.Read(file, bytes.AsSpan(length), length);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // A directory or a device in place of the file holds no users.
                return "";
            }
            if (read == 0)
                return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
            length += read;
        }
    }

    static SafeFileHandle? Open(SafeFileHandle root, string path)
    {
        try
        {
            return At.FindIn(root, path, OpenFlags.ReadOnly);
        }
        catch (LinuxException e)
        {
            throw new InvalidParameterException($"unable to read /{path} of the image: {e.Message}", e);
        }
    }
}
