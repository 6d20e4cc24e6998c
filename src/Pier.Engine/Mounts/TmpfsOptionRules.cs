using Pier.Model;

namespace Pier.Engine.Mounts;

/// <summary>Which options --tmpfs takes (docker run reference; man 5 tmpfs for those with a value).</summary>
static class TmpfsOptionRules
{
    static readonly HashSet<string> Flags =
    [
        "defaults",
        "ro",
        "rw",
        "suid",
        "nosuid",
        "dev",
        "nodev",
        "exec",
        "noexec",
        "sync",
        "async",
        "dirsync",
        "mand",
        "nomand",
        "atime",
        "noatime",
        "diratime",
        "nodiratime",
        "relatime",
        "norelatime",
        "strictatime",
        "nostrictatime",
        "private",
        "rprivate",
        "shared",
        "rshared",
        "slave",
        "rslave",
        "unbindable",
        "runbindable",
    ];

    static readonly HashSet<string> Keys = ["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"];

    public static void Check(string options)
    {
        foreach (var option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=');
            if (equals < 0 ? !Flags.Contains(option) : !Keys.Contains(option[..equals]))
                throw new InvalidParameterException($"invalid tmpfs option [\"{option}\"]");
        }
    }
}
