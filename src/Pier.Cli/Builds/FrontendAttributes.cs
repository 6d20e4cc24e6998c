using System.Globalization;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;

namespace Pier.Cli.Builds;

/// <summary>
/// The options of build as BuildKit's Dockerfile frontend knows them. Limits of the steps, which BuildKit has not, are Pier's own words.
/// </summary>
static class FrontendAttributes
{
    public static void Write(IDictionary<string, string> attributes, Invocation call, SessionContext context)
    {
        var line = call.Line;
        void Set(string name, string? value)
        {
            if (value is not null)
                attributes[name] = value;
        }
        Set("filename", context.Dockerfile);
        Set("context", context.Remote);
        Set("target", line.Text("target"));
        Set("platform", line.Text("platform"));
        Set("no-cache", line.Flag("no-cache") ? "" : null);
        Set("image-resolve-mode", line.Flag("pull") ? "pull" : null);
        Set("force-network-mode", line.Text("network"));
        Set("add-hosts", Joined(line.List("add-host").Select(HostOf)));
        Set("cgroup-parent", line.Text("cgroup-parent"));
        Set("shm-size", Number(line, "shm-size"));
        Set("ulimit", Joined(line.List("ulimit").Select(HostOptions.UlimitOf).Select(u => $"{u.Name}={u.Soft}:{u.Hard}")));
        foreach (var limit in (string[])["memory", "memory-swap", "cpu-shares", "cpu-period", "cpu-quota"])
            Set(limit, Number(line, limit));
        foreach (var set in (string[])["cpuset-cpus", "cpuset-mems"])
            Set(set, line.Text(set));
        Set("security-opt", Joined(line.Array("security-opt") ?? []));
        Set("squash", line.Flag("squash") ? "" : null);
        foreach (var (name, value) in BuildOptions.Map(line, "build-arg", fromEnvironment: true))
            Set("build-arg:" + name, value);
        foreach (var (name, value) in BuildOptions.Map(line, "label", fromEnvironment: false))
            Set("label:" + name, value);
    }

    static string? Joined(IEnumerable<string> values) => string.Join(',', values) is { Length: > 0 } text ? text : null;

    static string? Number(ParsedLine line, string option) => line.Number(option)?.ToString(CultureInfo.InvariantCulture);

    // NAME:ADDRESS or NAME=ADDRESS; BuildKit has the latter.
    static string HostOf(string text) =>
        text.Contains('=') || text.IndexOf(':') is not (> 0 and var colon) ? text : $"{text[..colon]}={text[(colon + 1)..]}";
}
