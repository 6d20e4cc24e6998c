using System.Globalization;
using System.Text;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Build.Files;

/// <summary>--chown: names are looked up in the tree's own passwd and group files (passwd(5), group(5)).</summary>
static class OwnerLookup
{
    const int Limit = 1 << 20;

    /// <summary>True when the owner needs no look-up.</summary>
    public static bool IsNumeric(string owner) =>
        owner.Split(':', 2).All(part => uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>"user", "user:group" or ids; a user alone brings its group, an id alone stands for the group as well.</summary>
    public static (uint Uid, uint Gid) Find(SourceTree tree, string owner)
    {
        var parts = owner.Split(':', 2);
        var (uid, gid) = User(tree, parts[0]);
        return parts.Length == 1 || parts[1].Length == 0 ? (uid, gid) : (uid, Group(tree, parts[1]));
    }

    static (uint Uid, uint Gid) User(SourceTree tree, string user)
    {
        if (TryNumber(user, out var id))
            return (id, id);
        foreach (var row in Rows(tree, "/etc/passwd"))
        {
            if (row.Length > 3 && row[0] == user && TryNumber(row[2], out var uid) && TryNumber(row[3], out var gid))
                return (uid, gid);
        }
        throw new InvalidParameterException(
            $"unable to convert uid/gid chown string to host mapping: can't find uid for user {user}: no such user: {user}"
        );
    }

    static uint Group(SourceTree tree, string group)
    {
        if (TryNumber(group, out var id))
            return id;
        foreach (var row in Rows(tree, "/etc/group"))
        {
            if (row.Length > 2 && row[0] == group && TryNumber(row[2], out var gid))
                return gid;
        }
        throw new InvalidParameterException(
            $"unable to convert uid/gid chown string to host mapping: can't find gid for group {group}: no such group: {group}"
        );
    }

    static IEnumerable<string[]> Rows(SourceTree tree, string path) =>
        Encoding.UTF8.GetString(tree.Read(path, Limit) ?? []).Split('\n').Select(line => line.Split(':'));

    static bool TryNumber(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
