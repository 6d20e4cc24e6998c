using Pier.Model;

namespace Pier.Engine.Logs.Drivers;

/// <summary>Checks a container's log configuration and lays it over the daemon's, in Docker's words.</summary>
static class LogConfigRules
{
    static readonly string[] EveryDriver = ["mode", "max-buffer-size"];
    static readonly string[] EveryCache = ["cache-disabled", "cache-max-size", "cache-max-file", "cache-compress"];

    /// <summary>
    /// The configuration in force. A container that names the daemon's driver, or none, gets the daemon's options that it does not set.
    /// </summary>
    public static LogConfig Merge(LogConfig? asked, string driver, IReadOnlyDictionary<string, string> options)
    {
        var type = asked is { Type.Length: > 0 } ? asked.Type : driver;
        var merged = new Dictionary<string, string>(asked?.Config ?? []);
        foreach (var (key, value) in options)
        {
            // The cache's defaults hold for every driver that has one.
            if (type == driver || (EveryCache.Contains(key) && LogDrivers.Find(type)?.Store == LogStore.Cache))
                merged.TryAdd(key, value);
        }
        Check(type, merged);
        return new LogConfig { Type = type, Config = merged };
    }

    /// <summary>Throws for an unknown driver, an unknown option, or a value that makes no sense.</summary>
    public static void Check(string type, IReadOnlyDictionary<string, string> options)
    {
        var driver = LogDrivers.Find(type) ?? throw new InvalidParameterException($"logger: no log driver named '{type}' is registered");
        if (driver.Store == LogStore.Nowhere)
            return; // Docker asks nothing of what it throws away
        Mode(options);
        foreach (var key in options.Keys)
        {
            var known =
                driver.Options.Contains(key) || EveryDriver.Contains(key) || (EveryCache.Contains(key) && driver.Store == LogStore.Cache);
            if (!known)
                throw new InvalidParameterException(Unknown(type, key));
        }
        if (driver.Store == LogStore.Cache)
        {
            LogRotation.OfCache(options);
            LogOption.Flag(options, "cache-disabled");
        }
        if (driver.Options.Contains("tag"))
        {
            LogOption.Pattern(options, "labels-regex");
            LogOption.Pattern(options, "env-regex");
            TagTemplate.Check(options.GetValueOrDefault("tag", ""));
        }
        driver.Check(options);
    }

    static void Mode(IReadOnlyDictionary<string, string> options)
    {
        var mode = options.GetValueOrDefault("mode", "");
        if (mode is not ("" or "blocking" or "non-blocking"))
            throw new InvalidParameterException($"logger: logging mode not supported: {mode}");
        if (!options.TryGetValue("max-buffer-size", out var size))
            return;
        if (mode != "non-blocking")
            throw new InvalidParameterException("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
        try
        {
            ByteSizes.Binary(size);
        }
        catch (InvalidParameterException e)
        {
            throw new InvalidParameterException($"error parsing option max-buffer-size: {e.Message}", e);
        }
    }

    // Docker's drivers do not all say it the same way.
    static string Unknown(string type, string key) =>
        type switch
        {
            "gelf" => $"unknown log opt \"{key}\" for gelf log driver",
            "local" => $"unknown log opt '{key}' for log driver local",
            _ => $"unknown log opt '{key}' for {type} log driver",
        };
}
