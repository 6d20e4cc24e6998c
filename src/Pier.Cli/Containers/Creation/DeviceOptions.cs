using System.Globalization;
using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>--device, --gpus, and the limits that are given by device.</summary>
static class DeviceOptions
{
    /// <summary>HOST[:CONTAINER][:PERMISSIONS], permissions out of "rwm".</summary>
    public static DeviceMapping[]? Mappings(ParsedLine line)
    {
        if (!line.Has("device"))
            return null;
        return [.. line.List("device").Where(d => !IsCdi(d)).Select(Mapping)];
    }

    /// <summary>GPUs ("all", a count, or fields) and CDI device names are requests to drivers.</summary>
    public static DeviceRequest[]? Gpus(ParsedLine line)
    {
        var requests = line.List("gpus").Select(Gpu).ToList();
        var names = line.List("device").Where(IsCdi).ToArray();
        if (names.Length > 0)
            requests.Add(new DeviceRequest { Driver = "cdi", DeviceIDs = names });
        return requests.Count == 0 ? null : [.. requests];
    }

    public static WeightDevice[]? Weights(ParsedLine line)
    {
        if (!line.Has("blkio-weight-device"))
            return null;
        return
        [
            .. line.List("blkio-weight-device")
                .Select(text =>
                {
                    var (path, value) = SplitDevice(text, "blkio-weight-device");
                    if (
                        !ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
                        || (weight > 0 && weight is < 10 or > 1000)
                    )
                        throw Invalid(text, "blkio-weight-device", $"invalid weight for device: {text}");
                    return new WeightDevice { Path = path, Weight = weight };
                }),
        ];
    }

    public static ThrottleDevice[]? Throttles(ParsedLine line, string option, bool bytes)
    {
        if (!line.Has(option))
            return null;
        return
        [
            .. line.List(option)
                .Select(text =>
                {
                    var (path, value) = SplitDevice(text, option);
                    var rate = 0UL;
                    var valid = bytes
                        ? OptionValues.TryParseBytes(value, out var size) && size >= 0 && (rate = (ulong)size) >= 0
                        : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out rate);
                    if (!valid)
                        throw Invalid(
                            text,
                            option,
                            $"invalid rate for device: {text}. The correct format is <device-path>:<number>{(bytes ? "[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb" : ". Number must be a positive integer")}"
                        );
                    return new ThrottleDevice { Path = path, Rate = rate };
                }),
        ];
    }

    static DeviceMapping Mapping(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 3)
            throw new CliFailure($"bad format for path: {text}", 125);
        var permissions = parts.Length == 3 ? parts[2] : "rwm";
        var target = parts.Length > 1 ? parts[1] : parts[0];
        if (parts.Length == 2 && IsPermissions(parts[1]))
            (target, permissions) = (parts[0], parts[1]);
        if (!IsPermissions(permissions))
            throw new CliFailure($"invalid device specification: {text}", 125);
        if (!target.StartsWith('/'))
            throw new UsageFailure($"invalid argument \"{text}\" for \"--device\" flag: {target} is not an absolute path");
        return new DeviceMapping
        {
            PathOnHost = parts[0],
            PathInContainer = target,
            CgroupPermissions = permissions,
        };
    }

    static bool IsPermissions(string text) =>
        text.Length is > 0 and <= 3 && text.All(c => c is 'r' or 'w' or 'm') && text.Distinct().Count() == text.Length;

    /// <summary>Container Device Interface names: vendor.com/class=name.</summary>
    static bool IsCdi(string text) => !text.StartsWith('/') && text.Contains('/') && text.Contains('=');

    static DeviceRequest Gpu(string text)
    {
        var count = 0;
        string[]? ids = null;
        var driver = "";
        var capabilities = new List<string> { "gpu" };
        foreach (var field in text.Split(','))
        {
            var (key, value) = field.Contains('=') ? KeyValues.Split(field) : ("count", field);
            switch (key)
            {
                case "count":
                    count =
                        value == "all" ? -1
                        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                        : throw Invalid(text, "gpus", $"invalid count ({value}): value must be either \"all\" or an integer");
                    break;
                case "device":
                    ids = value.Trim('"').Split(',');
                    break;
                case "driver":
                    driver = value;
                    break;
                case "capabilities":
                    capabilities = [.. value.Split(',').Append("gpu").Distinct()];
                    break;
                default:
                    throw Invalid(text, "gpus", $"unexpected key '{key}' in '{field}'");
            }
        }
        return new DeviceRequest
        {
            Driver = driver,
            Count = ids is null && count == 0 ? 1 : count,
            DeviceIDs = ids,
            Capabilities =
            [
                [.. capabilities],
            ],
            Options = [],
        };
    }

    static (string Path, string Value) SplitDevice(string text, string option)
    {
        var colon = text.IndexOf(':');
        if (colon <= 0)
            throw Invalid(text, option, $"bad format: {text}");
        if (!text.StartsWith("/dev/", StringComparison.Ordinal))
            throw Invalid(text, option, $"bad format for device path: {text}");
        return (text[..colon], text[(colon + 1)..]);
    }

    static UsageFailure Invalid(string text, string option, string reason) =>
        new($"invalid argument \"{text}\" for \"--{option}\" flag: {reason}");
}
