using System.Globalization;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Builds;

/// <summary>The options of build, and how they go over the wire.</summary>
static class BuildOptions
{
    public static OptionSpec[] All =>
        [
            new("add-host", '\0', "list", "Add a custom host-to-IP mapping (\"host:ip\")"),
            new("build-arg", '\0', "list", "Set build-time variables"),
            new("cache-from", '\0', "list", "External cache sources (e.g., \"user/app:cache\", \"type=local,src=path/to/dir\")"),
            new("cache-to", '\0', "list", "Cache export destinations (e.g., \"user/app:cache\", \"type=local,dest=path/to/dir\")"),
            new("cgroup-parent", '\0', "string", "Set the parent cgroup for the \"RUN\" instructions during build"),
            new("compress", '\0', "", "Compress the build context using gzip"),
            new("cpu-period", '\0', "int", "Limit the CPU CFS (Completely Fair Scheduler) period"),
            new("cpu-quota", '\0', "int", "Limit the CPU CFS (Completely Fair Scheduler) quota"),
            new("cpu-shares", 'c', "int", "CPU shares (relative weight)"),
            new("cpuset-cpus", '\0', "string", "CPUs in which to allow execution (0-3, 0,1)"),
            new("cpuset-mems", '\0', "string", "MEMs in which to allow execution (0-3, 0,1)"),
            new("disable-content-trust", '\0', "", "Skip image verification (default true)"),
            new("file", 'f', "string", "Name of the Dockerfile (Default is \"PATH/Dockerfile\")"),
            new("force-rm", '\0', "", "Always remove intermediate containers"),
            new("iidfile", '\0', "string", "Write the image ID to the file"),
            new("isolation", '\0', "string", "Container isolation technology"),
            new("label", '\0', "list", "Set metadata for an image"),
            new("memory", 'm', "bytes", "Memory limit"),
            new("memory-swap", '\0', "bytes", "Swap limit equal to memory plus swap: -1 to enable unlimited swap"),
            new("network", '\0', "string", "Set the networking mode for the RUN instructions during build (default \"default\")"),
            new("no-cache", '\0', "", "Do not use cache when building the image"),
            new("output", 'o', "list", "Output destination (format: \"type=local,dest=path\")"),
            new("platform", '\0', "string", "Set platform if server is multi-platform capable"),
            new("progress", '\0', "string", "Set type of progress output (\"auto\", \"plain\", \"tty\", \"quiet\", \"rawjson\")"),
            new("pull", '\0', "", "Always attempt to pull a newer version of the image"),
            new("quiet", 'q', "", "Suppress the build output and print image ID on success"),
            new("rm", '\0', "", "Remove intermediate containers after a successful build (default true)"),
            new("secret", '\0', "list", "Secret to expose to the build (format: \"id=mysecret,src=/local/secret\")"),
            new("security-opt", '\0', "strings", "Security options"),
            new("shm-size", '\0', "bytes", "Size of \"/dev/shm\""),
            new("squash", '\0', "", "Squash newly built layers into a single new layer"),
            new("ssh", '\0', "list", "SSH agent socket or keys to expose to the build (format: \"default|<id>[=<socket>|<key>[,<key>]]\")"),
            new("tag", 't', "list", "Name and optionally a tag in the \"name:tag\" format"),
            new("target", '\0', "string", "Set the target build stage to build."),
            new("ulimit", '\0', "ulimit", "Ulimit options (default [])"),
        ];

    /// <summary>Refuses what would be ignored.</summary>
    public static void Check(ParsedLine line)
    {
        if (line.Text("isolation") is { } isolation && isolation != "default")
            throw new CliFailure($"invalid isolation \"{isolation}\": Linux knows default");
        if (line.Text("progress") is { } progress && progress is not ("auto" or "plain" or "tty" or "rawjson" or "quiet"))
            throw new CliFailure($"invalid progress mode \"{progress}\": auto, plain, tty, rawjson and quiet are known");
    }

    public static QueryString Query(ParsedLine line, string? dockerfile, string? remote, bool quiet)
    {
        var query = new QueryString("/build");
        foreach (var tag in line.List("tag"))
            query.Add("t", tag);
        foreach (var host in line.List("add-host"))
            query.Add("extrahosts", host.Replace('=', ':'));
        return query
            .Add("dockerfile", dockerfile)
            .Add("remote", remote)
            .AddIf(quiet, "q")
            .AddIf(line.Flag("no-cache"), "nocache")
            .AddIf(line.Flag("pull"), "pull")
            .AddIf(line.Flag("squash"), "squash")
            .Add("rm", line.Flag("rm", missing: true) ? "1" : "0")
            .AddIf(line.Flag("force-rm"), "forcerm")
            .Add("buildargs", JsonMap(line, "build-arg", fromEnvironment: true))
            .Add("labels", JsonMap(line, "label", fromEnvironment: false))
            .Add("target", line.Text("target"))
            .Add("platform", line.Text("platform"))
            .Add("networkmode", line.Text("network"))
            .Add("memory", line.Number("memory"))
            .Add("memswap", line.Number("memory-swap"))
            .Add("shmsize", line.Number("shm-size"))
            .Add("cpushares", line.Number("cpu-shares"))
            .Add("cpuperiod", line.Number("cpu-period"))
            .Add("cpuquota", line.Number("cpu-quota"))
            .Add("cpusetcpus", line.Text("cpuset-cpus"))
            .Add("cpusetmems", line.Text("cpuset-mems"))
            .Add("cgroupparent", line.Text("cgroup-parent"))
            .Add("ulimits", Ulimits(line))
            .Add(
                "cachefrom",
                Json(line.Array("cache-from")?.SelectMany(c => c.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray())
            )
            .Add("securityopt", Json(line.Array("security-opt")));
    }

    static string? JsonMap(ParsedLine line, string option, bool fromEnvironment) =>
        line.Has(option) ? JsonSerializer.Serialize(Map(line, option, fromEnvironment), ContractsJson.Wire.DictionaryStringNullable) : null;

    /// <summary>
    /// "NAME=value"; a build argument without a value takes the client's own variable, and is left out where there is none.
    /// </summary>
    public static Dictionary<string, string?> Map(ParsedLine line, string option, bool fromEnvironment)
    {
        var map = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var entry in line.List(option))
        {
            var equals = entry.IndexOf('=');
            if (equals >= 0)
                map[entry[..equals]] = entry[(equals + 1)..];
            else if (!fromEnvironment)
                map[entry] = "";
            else if (Environment.GetEnvironmentVariable(entry) is { } value)
                map[entry] = value;
        }
        return map;
    }

    static string? Json(string[]? values) => values is null ? null : JsonSerializer.Serialize(values, ContractsJson.Wire.StringArray);

    static string? Ulimits(ParsedLine line) =>
        !line.Has("ulimit")
            ? null
            : JsonSerializer.Serialize([.. line.List("ulimit").Select(HostOptions.UlimitOf)], ContractsJson.Wire.UlimitArray);
}
