using System.Runtime.InteropServices;
using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Host;

/// <summary>GET /version.</summary>
static class Version
{
    public static Task HandleAsync(ApiRequest request)
    {
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var architecture = GoArchitecture(RuntimeInformation.OSArchitecture);
        var language = $".NET {Environment.Version}";
        var details = new Dictionary<string, string>
        {
            ["ApiVersion"] = ApiVersion.Newest.ToString(),
            ["Arch"] = architecture,
            ["BuildTime"] = "",
            ["Experimental"] = "false",
            ["GitCommit"] = request.Options.Revision,
            ["GoVersion"] = language,
            ["KernelVersion"] = kernel,
            ["MinAPIVersion"] = ApiVersion.Oldest.ToString(),
            ["Os"] = "linux",
        };
        return request.AnswerAsync(
            new VersionResponse
            {
                Platform = new PlatformName("Pier"),
                Components = [new ComponentVersion("Engine", request.Options.Version, details)],
                Version = request.Options.Version,
                ApiVersion = ApiVersion.Newest.ToString(),
                MinAPIVersion = ApiVersion.Oldest.ToString(),
                GitCommit = request.Options.Revision,
                GoVersion = language,
                Os = "linux",
                Arch = architecture,
                KernelVersion = kernel,
            },
            ContractsJson.Wire.VersionResponse
        );
    }

    /// <summary>Docker names architectures as Go does.</summary>
    static string GoArchitecture(Architecture architecture) =>
        architecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        };
}
