using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>Arguments that need no ARG before their use, or no value from the user.</summary>
static class PredefinedArguments
{
    /// <summary>Every RUN has these in its environment when the user gives them; they are part of no cache key and no history.</summary>
    public static IReadOnlyList<string> Proxies { get; } =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"];

    /// <summary>Given to the builder, not to the file: never "not consumed".</summary>
    public static bool IsForBuilder(string name) =>
        name.StartsWith("BUILDKIT_", StringComparison.Ordinal) || name == "SOURCE_DATE_EPOCH" || Proxies.Contains(name);

    /// <summary>What FROM sees at once, and a stage after an ARG of that name.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Platforms(DockerfileInput input) =>
        [
            .. Of("BUILD", input.BuildPlatform),
            .. Of("TARGET", input.Platform),
            new("TARGETSTAGE", input.Target.Length > 0 ? input.Target : "default"),
        ];

    static IEnumerable<KeyValuePair<string, string>> Of(string prefix, Platform platform) =>
        [
            new(prefix + "PLATFORM", platform.ToString()),
            new(prefix + "OS", platform.Os),
            new(prefix + "OSVERSION", platform.OsVersion ?? ""),
            new(prefix + "ARCH", platform.Architecture),
            new(prefix + "VARIANT", platform.Variant ?? ""),
        ];
}
