using System.Text.RegularExpressions;
using Pier.Engine.Volumes.Drivers;
using Pier.Model;

namespace Pier.Engine.Volumes;

/// <summary>What a volume may be called and made of, with Docker's texts.</summary>
static partial class VolumeRules
{
    static readonly string[] Known = ["type", "o", "device", "size"];

    // Which option means nothing without which (moby, volume/local).
    static readonly (string Option, string[] Needs)[] Mandatory = [("device", ["type"]), ("type", ["device"]), ("o", ["device", "type"])];

    public static void CheckName(string name)
    {
        if (name.Length == 1)
            throw new InvalidParameterException(
                $"create {name}: volume name is too short, names should be at least two alphanumeric characters"
            );
        if (!ValidName().IsMatch(name) || name.Length > 255)
            throw new InvalidParameterException(
                $"create {name}: \"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
            );
    }

    public static IVolumeDriver Driver(string name, VolumeDrivers drivers, string driver)
    {
        try
        {
            return drivers.Get(driver);
        }
        catch (NotFoundException e)
        {
            throw new NotFoundException($"create {name}: {e.Message}", e);
        }
    }

    /// <summary>The local driver's options; <paramref name="quotas"/>: whether the file system of volumes can hold one to a size.</summary>
    public static void CheckLocal(string name, IReadOnlyDictionary<string, string>? options, Func<bool> quotas)
    {
        if (options is null)
            return;
        CheckOptions(name, options);
        if (Size(name, options) is null)
            return;
        if (options.ContainsKey("device"))
            throw new InvalidParameterException(
                $"create {name}: \"size\" is of the volume's own directory: it does not bound what \"device\" brings"
            );
        if (!quotas())
            throw new InvalidParameterException($"create {name}: quota size requested but no quota support");
    }

    /// <summary>The bytes that a volume may take, or null where it has no bound.</summary>
    public static long? Size(string name, IReadOnlyDictionary<string, string> options)
    {
        if (!options.TryGetValue("size", out var text))
            return null;
        try
        {
            return ByteSizes.Binary(text) is var bytes and > 0 ? bytes : null;
        }
        catch (InvalidParameterException e)
        {
            throw new InvalidParameterException($"create {name}: {e.Message}", e);
        }
    }

    static void CheckOptions(string name, IReadOnlyDictionary<string, string> options)
    {
        foreach (var option in options.Keys)
            if (!Known.Contains(option))
                throw new InvalidParameterException($"create {name}: invalid option: \"{option}\"");
        foreach (var (option, needs) in Mandatory)
        {
            if (!options.ContainsKey(option))
                continue;
            foreach (var needed in needs)
                if (!options.ContainsKey(needed))
                    throw new InvalidParameterException($"create {name}: missing required option: \"{needed}\"");
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidName();
}
