using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>Lays what a user asked for over what the image says, by Docker's rules.</summary>
static class ConfigMerge
{
    public static ContainerConfig Merge(ContainerConfig asked, ContainerConfig? image)
    {
        image ??= new ContainerConfig();
        var merged = asked with
        {
            User = asked.User.Length > 0 ? asked.User : image.User,
            WorkingDir = asked.WorkingDir.Length > 0 ? asked.WorkingDir : image.WorkingDir,
            Env = Environment(asked.Env ?? [], image.Env ?? []),
            ExposedPorts = Union(image.ExposedPorts, asked.ExposedPorts),
            Volumes = Union(image.Volumes, asked.Volumes),
            Labels = Union(image.Labels, asked.Labels) ?? [],
            StopSignal = asked.StopSignal ?? image.StopSignal,
            Healthcheck = MergeHealth(asked.Healthcheck, image.Healthcheck),
            Shell = asked.Shell ?? image.Shell,
            OnBuild = asked.OnBuild,
        };
        // A given entrypoint drops the image's command; [""] is an entrypoint that is none.
        if (asked.Entrypoint is null or [])
        {
            if (asked.Cmd is null or [])
                merged = merged with { Cmd = image.Cmd };
            merged = merged with { Entrypoint = asked.Entrypoint ?? image.Entrypoint };
        }
        if (merged.Entrypoint is [""])
            merged = merged with { Entrypoint = null };
        return merged;
    }

    /// <summary>The program and its arguments.</summary>
    public static (string Path, string[] Args) Command(ContainerConfig config)
    {
        string[] words = [.. config.Entrypoint ?? [], .. config.Cmd ?? []];
        return words.Length > 0 ? (words[0], words[1..]) : throw new InvalidParameterException("no command specified");
    }

    /// <summary>What was asked, then what the image has besides; an entry without "=" stays: it takes the image's away.</summary>
    static string[] Environment(string[] asked, string[] image)
    {
        static string Name(string entry) => entry.Split('=')[0];
        var names = asked.Select(Name).ToHashSet(StringComparer.Ordinal);
        return [.. asked, .. image.Where(e => !names.Contains(Name(e)))];
    }

    static HealthConfig? MergeHealth(HealthConfig? asked, HealthConfig? image)
    {
        if (asked is null || image is null)
            return asked ?? image;
        return asked with
        {
            Test = asked.Test is null or [] ? image.Test : asked.Test,
            Interval = asked.Interval is null or 0 ? image.Interval : asked.Interval,
            Timeout = asked.Timeout is null or 0 ? image.Timeout : asked.Timeout,
            StartPeriod = asked.StartPeriod is null or 0 ? image.StartPeriod : asked.StartPeriod,
            StartInterval = asked.StartInterval is null or 0 ? image.StartInterval : asked.StartInterval,
            Retries = asked.Retries is null or 0 ? image.Retries : asked.Retries,
        };
    }

    static Dictionary<string, T>? Union<T>(Dictionary<string, T>? under, Dictionary<string, T>? over)
    {
        if (under is null or { Count: 0 })
            return over;
        var result = new Dictionary<string, T>(under);
        foreach (var (key, value) in over ?? [])
            result[key] = value;
        return result;
    }
}
