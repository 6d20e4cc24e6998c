namespace Pier.Linux.Cgroups;

/// <summary>Stops and continues whole groups (v1: freezer.state, v2: cgroup.freeze).</summary>
public static class Freezer
{
    /// <summary>Freezes; false when the kernel cannot within the time, and the group is thawed again then.</summary>
    public static bool TryFreeze(ControlGroup group, TimeSpan patience)
    {
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        for (var pause = 1; ; pause = Math.Min(pause * 2, 20))
        {
            // v1 may stick in FREEZING while new tasks join: saying it again moves it on (kernel documentation, freezer-subsystem).
            if (Say(group, frozen: true) != 0)
                return false;
            if (IsFrozen(group))
                return true;
            if (Environment.TickCount64 > deadline)
                break;
            Thread.Sleep(pause);
        }
        Thaw(group);
        return false;
    }

    public static void Thaw(ControlGroup group) => _ = Say(group, frozen: false);

    public static bool IsFrozen(ControlGroup group) =>
        group.Layout.Unified
            ? group.Read("unified", "cgroup.events")?.Contains("frozen 1", StringComparison.Ordinal) == true
            : group.Read("freezer", "freezer.state")?.StartsWith("FROZEN", StringComparison.Ordinal) == true;

    /// <summary>Whether somebody asked for it, also while not everything has stopped yet.</summary>
    public static bool IsAsked(ControlGroup group) =>
        group.Layout.Unified
            ? group.Read("unified", "cgroup.freeze")?.StartsWith('1') == true
            : group.Read("freezer", "freezer.self_freezing")?.StartsWith('1') == true;

    static int Say(ControlGroup group, bool frozen) =>
        group.Layout.Unified
            ? group.TryWrite("unified", "cgroup.freeze", frozen ? "1" : "0")
            : group.TryWrite("freezer", "freezer.state", frozen ? "FROZEN" : "THAWED");
}
