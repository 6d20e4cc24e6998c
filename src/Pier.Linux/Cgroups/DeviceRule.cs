namespace Pier.Linux.Cgroups;

/// <summary>What a group may do with device nodes. Values of bpf_cgroup_dev_ctx (linux/bpf.h).</summary>
[Flags]
public enum DeviceAccess
{
    None = 0,
    Mknod = 1,
    Read = 2,
    Write = 4,
    All = 7,
}

/// <summary>
/// A rule: type 'a', 'b' or 'c'; null numbers mean any. Rules apply in order, the last that matches decides each kind of access.
/// </summary>
public readonly record struct DeviceRule(bool Allow, char Type, long? Major, long? Minor, DeviceAccess Access)
{
    public static readonly DeviceRule DenyAll = new(false, 'a', null, null, DeviceAccess.All);
    public static readonly DeviceRule AllowAll = new(true, 'a', null, null, DeviceAccess.All);

    /// <summary>As devices.allow and devices.deny of cgroup v1 take it: "c 1:3 rwm", or "a".</summary>
    public string Legacy =>
        Type == 'a' && Major is null && Minor is null && Access == DeviceAccess.All
            ? "a"
            : $"{Type} {Number(Major)}:{Number(Minor)} {Letters(Access)}";

    static string Number(long? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "*";

    static string Letters(DeviceAccess access) =>
        ((access & DeviceAccess.Read) != 0 ? "r" : "")
        + ((access & DeviceAccess.Write) != 0 ? "w" : "")
        + ((access & DeviceAccess.Mknod) != 0 ? "m" : "");
}
