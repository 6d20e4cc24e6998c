using System.Globalization;
using System.Text.RegularExpressions;
using Pier.Engine.Health;
using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>
/// Docker's filters of container lists: values of one key are alternatives (labels all have to match), keys all have to match.
/// </summary>
sealed class ContainerFilter
{
    readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _filters;
    readonly EngineParts _parts;
    readonly Dictionary<string, DateTimeOffset> _times = [];

    public ContainerFilter(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, EngineParts parts, Container[] all)
    {
        (_filters, _parts) = (filters, parts);
        foreach (var key in (string[])["before", "since"])
        {
            if (filters.TryGetValue(key, out var values) && values.Count > 0)
                _times[key] = parts.Containers.Resolve(values[0]).Record.Created;
        }
        foreach (var status in filters.GetValueOrDefault("status") ?? [])
        {
            if (!Enum.TryParse<ContainerStatus>(status, ignoreCase: true, out _) || status.Length == 0 || char.IsAsciiDigit(status[0]))
                throw new InvalidParameterException($"invalid filter 'status={status}'");
        }
        foreach (var port in (filters.GetValueOrDefault("publish") ?? []).Concat(filters.GetValueOrDefault("expose") ?? []))
        foreach (var end in port.Split('/')[0].Split('-', 2))
            NetworkRequests.ParsePort(end);
        foreach (var code in filters.GetValueOrDefault("exited") ?? [])
        {
            if (!int.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                throw new InvalidParameterException($"invalid filter 'exited={code}'");
        }
    }

    public bool LooksAtState => _filters.ContainsKey("status") || _filters.ContainsKey("exited");

    public bool Matches(Container container)
    {
        foreach (var (key, values) in _filters)
        {
            if (values.Count == 0)
                continue;
            var matches =
                key == "label"
                    ? values.All(v => FilterValue.HasLabel(container.Record.Config.Labels ?? [], v))
                    : values.Any(v => Matches(container, key, v));
            if (!matches)
                return false;
        }
        return true;
    }

    bool Matches(Container container, string key, string value)
    {
        var record = container.Record;
        return key switch
        {
            "id" => record.Id.StartsWith(value, StringComparison.Ordinal),
            "name" => Name(record.Name, value),
            "status" => string.Equals(container.Status.ToString(), value, StringComparison.OrdinalIgnoreCase),
            "exited" => container.Status == ContainerStatus.Exited && record.ExitCode == int.Parse(value, CultureInfo.InvariantCulture),
            "ancestor" => record.Config.Image == value
                || record.ImageId.StartsWith(value, StringComparison.Ordinal)
                || _parts.Store.Images.Find(value)?.Id.ToString() == record.ImageId,
            "before" => record.Created < _times["before"],
            "since" => record.Created > _times["since"],
            "volume" => record.Mounts.Any(m => m.Name == value || m.Source == value || m.Destination == value),
            "network" => record.HostConfig.NetworkMode == value
                || record.Networking?.EndpointsConfig?.ContainsKey(value) == true
                || record.Network?.Endpoints.Any(e => e.Settings.NetworkID.StartsWith(value, StringComparison.Ordinal)) == true,
            "health" => value == (container.Health is { } health ? HealthMonitor.Word(health.View.Status) : "none"),
            "publish" or "expose" => Port(record, key == "publish", value),
            "is-task" or "isolation" => value is "false" or "default",
            _ => throw new InvalidParameterException($"invalid filter '{key}'"),
        };
    }

    /// <summary>A pattern; what is none matches itself only. Without backtracking: the pattern is a stranger's.</summary>
    static bool Name(string name, string value)
    {
        try
        {
            return Regex.IsMatch("/" + name, value, RegexOptions.NonBacktracking)
                || Regex.IsMatch(name, value, RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return name == value.TrimStart('/');
        }
    }

    static bool Port(ContainerRecord record, bool published, string value)
    {
        var wanted = value.Contains('/') ? value : value + "/tcp";
        return published
            ? record.Network?.Ports.Any(p => p.Key == wanted || p.Value.Any(b => b.HostPort + p.Key[p.Key.IndexOf('/')..] == wanted))
                == true
            : record.Config.ExposedPorts?.ContainsKey(wanted) == true;
    }
}
