using Pier.Linux.Cgroups;
using Pier.Model;
using Pier.Model.Runtime;
using Rule = Pier.Linux.Cgroups.DeviceRule;

namespace Pier.Runtime.Resources;

/// <summary>
/// The device rules of a container: the spec's, then those that no container can do without (config-linux.md, "Default Devices").
/// </summary>
public static class DeviceRules
{
    static readonly Rule[] Always =
    [
        new(true, 'c', null, null, DeviceAccess.Mknod),
        new(true, 'b', null, null, DeviceAccess.Mknod),
        new(true, 'c', 1, 3, DeviceAccess.All),
        new(true, 'c', 1, 5, DeviceAccess.All),
        new(true, 'c', 1, 7, DeviceAccess.All),
        new(true, 'c', 1, 8, DeviceAccess.All),
        new(true, 'c', 1, 9, DeviceAccess.All),
        new(true, 'c', 5, 0, DeviceAccess.All),
        new(true, 'c', 5, 1, DeviceAccess.All),
        new(true, 'c', 5, 2, DeviceAccess.All),
        new(true, 'c', 136, null, DeviceAccess.All),
    ];

    /// <summary>The rules in their order, or an empty list when everything is allowed anyway and no filter is needed.</summary>
    public static IReadOnlyList<Rule> Of(LinuxResources? resources)
    {
        var rules = new List<Rule>();
        foreach (var device in resources?.Devices ?? [])
        {
            var rule = Parse(device);
            if (rule == Rule.AllowAll || rule == Rule.DenyAll)
                rules.Clear();
            rules.Add(rule);
        }
        // Without a rule about everything, everything stays allowed: no rule can add to that, only take away.
        if (
            rules.Count == 0
            || rules[0] == Rule.AllowAll && rules.TrueForAll(r => r.Allow)
            || rules[0] != Rule.DenyAll && rules.TrueForAll(r => r.Allow)
        )
            return [];
        return [.. rules, .. Always.Where(needed => !IsInForce(rules, needed))];
    }

    // Docker's own list has them all already.
    static bool IsInForce(List<Rule> rules, Rule rule) =>
        rules.LastIndexOf(rule) is >= 0 and var at && rules.FindIndex(at, r => !r.Allow) < 0;

    static Rule Parse(Model.Runtime.DeviceRule device)
    {
        const string path = "linux.resources.devices";
        var type = device.Type switch
        {
            null or "" or "a" => 'a',
            "b" => 'b',
            "c" or "u" => 'c',
            var other => throw new InvalidParameterException($"{path}: invalid type \"{other}\""),
        };
        var access = DeviceAccess.None;
        foreach (var letter in device.Access is { Length: > 0 } given ? given : "rwm")
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.Mknod,
                _ => throw new InvalidParameterException($"{path}: invalid access \"{device.Access}\""),
            };
        }
        return type == 'a'
            ? new Rule(device.Allow, 'a', null, null, DeviceAccess.All)
            : new Rule(device.Allow, type, Number(device.Major), Number(device.Minor), access);
    }

    static long? Number(long? value) => value is >= 0 ? value : null;
}
