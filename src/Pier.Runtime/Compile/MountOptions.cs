using Pier.Linux.Mounts;

namespace Pier.Runtime.Compile;

/// <summary>
/// A mount's option list, taken apart: flags of mount(2), attributes of mount_setattr(2), propagation, and what the file system gets.
/// </summary>
public sealed record MountOptions
{
    public MountFlags Flags { get; private init; }
    public bool IsBind { get; private init; }
    public bool Recursive { get; private init; }

    /// <summary>Attributes to set and to clear on this mount alone.</summary>
    public MountAttributes Set { get; private init; }
    public MountAttributes Clear { get; private init; }

    /// <summary>Attributes to set and to clear on the whole tree ("rro", "rnosuid", ...).</summary>
    public MountAttributes RecursiveSet { get; private init; }
    public MountAttributes RecursiveClear { get; private init; }

    /// <summary>MS_PRIVATE and so on, with MS_REC for the r-forms; 0 when not said.</summary>
    public MountFlags Propagation { get; private init; }
    public bool CopyUp { get; private init; }
    public bool IdMap { get; private init; }

    /// <summary>What is left: options of the file system itself, "mode=755".</summary>
    public IReadOnlyList<string> Data { get; private init; } = [];

    /// <summary>The attributes as fsmount(2) takes them.</summary>
    public MountAttributes FsmountAttributes => Set;

    static readonly Dictionary<string, (MountFlags Set, MountFlags Clear)> PlainFlags = new()
    {
        ["defaults"] = (0, 0),
        ["async"] = (0, MountFlags.Synchronous),
        ["sync"] = (MountFlags.Synchronous, 0),
        ["dirsync"] = (MountFlags.DirSync, 0),
        ["mand"] = (MountFlags.MandatoryLock, 0),
        ["nomand"] = (0, MountFlags.MandatoryLock),
        ["lazytime"] = (MountFlags.LazyTime, 0),
        ["nolazytime"] = (0, MountFlags.LazyTime),
        ["silent"] = (MountFlags.Silent, 0),
        ["loud"] = (0, MountFlags.Silent),
        ["iversion"] = ((MountFlags)(1 << 23), 0),
        ["noiversion"] = (0, (MountFlags)(1 << 23)),
        ["acl"] = (0, 0),
        ["noacl"] = (0, 0),
        ["remount"] = (MountFlags.Remount, 0),
    };

    static readonly Dictionary<string, (MountFlags Flag, bool Set, MountAttributes Attribute)> AttributeOptions = new()
    {
        ["ro"] = (MountFlags.ReadOnly, true, MountAttributes.ReadOnly),
        ["rw"] = (MountFlags.ReadOnly, false, MountAttributes.ReadOnly),
        ["nosuid"] = (MountFlags.NoSuid, true, MountAttributes.NoSuid),
        ["suid"] = (MountFlags.NoSuid, false, MountAttributes.NoSuid),
        ["nodev"] = (MountFlags.NoDev, true, MountAttributes.NoDev),
        ["dev"] = (MountFlags.NoDev, false, MountAttributes.NoDev),
        ["noexec"] = (MountFlags.NoExec, true, MountAttributes.NoExec),
        ["exec"] = (MountFlags.NoExec, false, MountAttributes.NoExec),
        ["nodiratime"] = (MountFlags.NoDirAtime, true, MountAttributes.NoDirAtime),
        ["diratime"] = (MountFlags.NoDirAtime, false, MountAttributes.NoDirAtime),
        ["noatime"] = (MountFlags.NoAtime, true, MountAttributes.NoAtime),
        ["atime"] = (MountFlags.NoAtime, false, MountAttributes.NoAtime),
        ["relatime"] = (MountFlags.RelAtime, true, MountAttributes.None),
        ["norelatime"] = (MountFlags.RelAtime, false, MountAttributes.None),
        ["strictatime"] = (MountFlags.StrictAtime, true, MountAttributes.StrictAtime),
        ["nostrictatime"] = (MountFlags.StrictAtime, false, MountAttributes.StrictAtime),
        ["nosymfollow"] = (MountFlags.NoSymFollow, true, MountAttributes.NoSymFollow),
        ["symfollow"] = (MountFlags.NoSymFollow, false, MountAttributes.NoSymFollow),
    };

    static readonly Dictionary<string, MountFlags> Propagations = new()
    {
        ["private"] = MountFlags.Private,
        ["rprivate"] = MountFlags.Private | MountFlags.Recursive,
        ["slave"] = MountFlags.Slave,
        ["rslave"] = MountFlags.Slave | MountFlags.Recursive,
        ["shared"] = MountFlags.Shared,
        ["rshared"] = MountFlags.Shared | MountFlags.Recursive,
        ["unbindable"] = MountFlags.Unbindable,
        ["runbindable"] = MountFlags.Unbindable | MountFlags.Recursive,
    };

    /// <summary>Every option that is not the file system's own, sorted.</summary>
    public static IEnumerable<string> Names =>
        PlainFlags
            .Keys.Concat(AttributeOptions.Keys)
            .Concat(AttributeOptions.Keys.Select(k => "r" + k))
            .Concat(Propagations.Keys)
            .Concat(["bind", "rbind", "tmpcopyup", "idmap", "ridmap"])
            .Distinct()
            .Order(StringComparer.Ordinal);

    /// <summary>A propagation word of rootfsPropagation, or null.</summary>
    public static MountFlags? PropagationNamed(string word) => Propagations.TryGetValue(word, out var flags) ? flags : null;

    /// <summary>Takes a list of options apart (config.md, "Linux mount options"); later options win.</summary>
    public static MountOptions Parse(IReadOnlyList<string>? options)
    {
        var parsed = new MountOptions();
        var data = new List<string>();
        foreach (var option in options ?? [])
            parsed = parsed.With(option, data);
        return parsed with { Data = data };
    }

    MountOptions With(string option, List<string> data)
    {
        if (PlainFlags.TryGetValue(option, out var plain))
            return this with { Flags = Flags & ~plain.Clear | plain.Set };
        if (Propagations.TryGetValue(option, out var propagation))
            return this with { Propagation = propagation };
        if (AttributeOptions.TryGetValue(option, out var one))
            return WithAttribute(one);
        if (option.Length > 1 && option[0] == 'r' && AttributeOptions.TryGetValue(option[1..], out var all))
            return WithRecursive(all);
        switch (option)
        {
            case "bind":
                return this with { IsBind = true };
            case "rbind":
                return this with { IsBind = true, Recursive = true };
            case "tmpcopyup":
                return this with { CopyUp = true };
            case "idmap" or "ridmap":
                return this with { IdMap = true };
            default:
                if (option.Length > 0)
                    data.Add(option);
                return this;
        }
    }

    MountOptions WithAttribute((MountFlags Flag, bool Set, MountAttributes Attribute) option) =>
        option.Set
            ? this with
            {
                Flags = Flags | option.Flag,
                Set = Set & ~Conflict(option.Attribute) | option.Attribute,
                Clear = Clear & ~option.Attribute,
            }
            : this with
            {
                Flags = Flags & ~option.Flag,
                Set = Set & ~option.Attribute,
                Clear = Clear | option.Attribute,
            };

    MountOptions WithRecursive((MountFlags Flag, bool Set, MountAttributes Attribute) option) =>
        option.Set
            ? this with
            {
                RecursiveSet = RecursiveSet & ~Conflict(option.Attribute) | option.Attribute,
                RecursiveClear = RecursiveClear & ~option.Attribute,
            }
            : this with
            {
                RecursiveSet = RecursiveSet & ~option.Attribute,
                RecursiveClear = RecursiveClear | option.Attribute,
            };

    // The access-time modes exclude each other.
    static MountAttributes Conflict(MountAttributes attribute) =>
        (attribute & MountAttributes.AccessTimeMask) != 0 ? MountAttributes.AccessTimeMask : 0;
}
