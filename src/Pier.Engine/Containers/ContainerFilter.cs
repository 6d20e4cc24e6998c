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
            Ports(port);
        foreach (var word in filters.GetValueOrDefault("is-task") ?? [])
        {
            if (word is not ("true" or "false" or "1" or "0"))
                throw new InvalidParameterException($"invalid filter 'is-task=[{word}]'");
        }
        foreach (var code in filters.GetValueOrDefault("exited") ?? [])
        {
            if (!int.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                throw new InvalidParameterException($"invalid filter 'exited={code}': strconv.Atoi: parsing \"{code}\": invalid syntax");
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
            "status" => string.Equals(container.ShownStatus.ToString(), value, StringComparison.OrdinalIgnoreCase),
            "exited" => container.ShownStatus == ContainerStatus.Exited
                && record.ExitCode == int.Parse(value, CultureInfo.InvariantCulture),
            "ancestor" => record.Config.Image == value
                || record.ImageId.StartsWith(value, StringComparison.Ordinal)
                || IsAncestor(value, record),
            "before" => record.Created < _times["before"],
            "since" => record.Created > _times["since"],
            "volume" => record.Mounts.Any(m => m.Name == value || m.Source == value || m.Destination == value),
            "network" => record.HostConfig.NetworkMode == value
                || record.Networking?.EndpointsConfig?.ContainsKey(value) == true
                || record.Network?.Endpoints.Any(e => e.Settings.NetworkID.StartsWith(value, StringComparison.Ordinal)) == true,
            "health" => value == (container.Health is { } health ? HealthMonitor.Word(health.View.Status) : "none"),
            "publish" or "expose" => Port(record, key == "publish", value),
            "is-task" => value is "false" or "0",
            "isolation" => true,
            _ => throw new InvalidParameterException($"invalid filter '{key}'"),
        };
    }

    /// <summary>
    /// Whether a container's image is this one or was made from it: layers and history begin with its own, whoever built the one from the
    /// other.
    /// </summary>
    bool IsAncestor(string image, ContainerRecord record)
    {
        if (_parts.Store.Images.Find(image) is not { } ancestor)
            return false;
        if (ancestor.Id.ToString() == record.ImageId)
            return true;
        return _parts.Store.Images.Find(record.ImageId) is { } own
            && own.Config.RootFs.DiffIds.AsSpan().StartsWith(ancestor.Config.RootFs.DiffIds)
            && own.Config.History is { } history
            && ancestor.Config.History is { Length: > 0 } past
            && history.Length > past.Length
            && history.AsSpan().StartsWith(past);
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
        var (first, last, protocol) = Ports(value);
        bool Wanted(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= first && n <= last;
        bool Key(string key) => key.EndsWith(protocol, StringComparison.Ordinal) && Wanted(key[..^protocol.Length]);
        return published
            ? record.Network?.Ports.Any(p =>
                Key(p.Key) || (p.Key.EndsWith(protocol, StringComparison.Ordinal) && p.Value.Any(b => Wanted(b.HostPort)))
            ) == true
            : record.Config.ExposedPorts?.Keys.Any(Key) == true;
    }

    /// <summary>PORT or FIRST-LAST, with a protocol or tcp; the protocol as in keys of ports, "/tcp".</summary>
    static (int First, int Last, string Protocol) Ports(string value)
    {
        var slash = value.IndexOf('/');
        var protocol = slash < 0 ? "/tcp" : value[slash..];
        var ends = (slash < 0 ? value : value[..slash]).Split('-', 2);
        var first = NetworkRequests.ParsePort(ends[0] + protocol).Port;
        return (first, ends.Length == 1 ? first : NetworkRequests.ParsePort(ends[1] + protocol).Port, protocol);
    }
}
