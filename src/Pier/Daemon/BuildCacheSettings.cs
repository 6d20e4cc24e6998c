using System.Text.Json;
using Pier.Engine.Builds;
using Pier.Model;

namespace Pier.Daemon;

/// <summary>
/// "builder" of daemon.json:
/// gc={"enabled":...,"defaultKeepStorage":"20GB",
/// "policy":[{"keepStorage":"1GB","filter":["type=source.local","unused-for=48h"],"all":true}]}.
/// </summary>
static class BuildCacheSettings
{
    /// <summary>
    /// The rules that are carried out when a build has ended; none without limits. Throws <see cref="InvalidParameterException"/> for what
    /// is no setting.
    /// </summary>
    public static IReadOnlyList<PruneBuilds> Policy(IReadOnlyList<string> values)
    {
        IReadOnlyList<PruneBuilds> policy = [];
        foreach (var value in values)
        {
            var (name, text) = DefaultSettings.Split(value, "--builder");
            if (name != "gc")
                throw new InvalidParameterException($"builder: unknown setting: {name}");
            try
            {
                using var document = JsonDocument.Parse(text);
                policy = Read(document.RootElement);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new InvalidParameterException($"builder: gc: {e.Message}", e);
            }
        }
        return policy;
    }

    static PruneBuilds[] Read(JsonElement gc)
    {
        var (isOn, everything, rules) = (true, new PruneBuilds { All = true }, (PruneBuilds[]?)null);
        foreach (var setting in gc.EnumerateObject())
        {
            switch (setting.Name)
            {
                case "enabled":
                    isOn = setting.Value.GetBoolean();
                    break;
                case "defaultKeepStorage" or "defaultReservedSpace":
                    everything = everything with { ReservedSpace = Size(setting.Value) };
                    break;
                case "defaultMaxUsedSpace":
                    everything = everything with { MaxUsedSpace = Size(setting.Value) };
                    break;
                case "defaultMinFreeSpace":
                    everything = everything with { MinFreeSpace = Size(setting.Value) };
                    break;
                case "policy":
                    rules = [.. setting.Value.EnumerateArray().Select(Rule)];
                    break;
                default:
                    throw new InvalidParameterException($"builder: gc: unknown setting: {setting.Name}");
            }
        }
        if (!isOn)
            return [];
        var hasLimit = everything is not { ReservedSpace: 0, MaxUsedSpace: 0, MinFreeSpace: 0 };
        return rules ?? (hasLimit ? [everything] : []);
    }

    static PruneBuilds Rule(JsonElement rule)
    {
        var result = new PruneBuilds();
        foreach (var setting in rule.EnumerateObject())
        {
            result = setting.Name switch
            {
                "all" => result with { All = setting.Value.GetBoolean() },
                "keepStorage" or "reservedSpace" => result with { ReservedSpace = Size(setting.Value) },
                "maxUsedSpace" => result with { MaxUsedSpace = Size(setting.Value) },
                "minFreeSpace" => result with { MinFreeSpace = Size(setting.Value) },
                "filter" => result with { Filters = Filters([.. setting.Value.EnumerateArray().Select(f => f.GetString()!)]) },
                _ => throw new InvalidParameterException($"builder: gc: policy: unknown setting: {setting.Name}"),
            };
        }
        BuildService.CheckFilters(result);
        return result;
    }

    // "key=value" or "key".
    static Dictionary<string, IReadOnlyList<string>> Filters(string[] texts) =>
        texts
            .Select(t => t.Split('=', 2))
            .GroupBy(p => p[0])
            .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Where(p => p.Length == 2).Select(p => p[1].TrimStart('='))]);

    static long Size(JsonElement value) => DefaultSettings.Size(value.ToString());
}
