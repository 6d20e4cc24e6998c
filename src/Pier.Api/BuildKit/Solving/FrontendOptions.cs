using System.Globalization;
using Pier.Contracts.Grpc;
using Pier.Engine.Builds;
using Pier.Model;

namespace Pier.Api.BuildKit.Solving;

/// <summary>The options of the Dockerfile frontend, as clients write them into its attributes.</summary>
static class FrontendOptions
{
    public static FrontendBuild Read(IReadOnlyDictionary<string, string> attributes)
    {
        CheckAttestations(attributes);
        var noCache = attributes.GetValueOrDefault("no-cache");
        return new FrontendBuild(
            new BuildRequest
            {
                Client = SolveClient.None,
                Dockerfile = attributes.GetValueOrDefault("filename") is { Length: > 0 } name ? name : "Dockerfile",
                Target = attributes.GetValueOrDefault("target") ?? "",
                Platforms = Platform.ParseList(attributes.GetValueOrDefault("platform") ?? ""),
                Arguments = WithPrefix(attributes, "build-arg:").ToDictionary(a => a.Key, a => (string?)a.Value),
                Labels = WithPrefix(attributes, "label:").ToDictionary(),
                NamedContexts = WithPrefix(attributes, "context:").ToDictionary(),
                CacheFrom = [.. List(attributes.GetValueOrDefault("cache-from")).Select(SolveTarget.Registry)],
                NoCache = noCache == "",
                NoCacheFilter = List(noCache),
                Pull = attributes.GetValueOrDefault("image-resolve-mode") == "pull",
                Network = attributes.GetValueOrDefault("force-network-mode") is { Length: > 0 } network ? NetworkOf(network) : "default",
                ExtraHosts = [.. List(attributes.GetValueOrDefault("add-hosts")).Select(h => h.Replace('=', ':'))],
                Squash = attributes.ContainsKey("squash"),
                Limits = new HostConfig
                {
                    // Pier's own words: BuildKit knows no limits of steps.
                    Memory = Number(attributes, "memory"),
                    MemorySwap = Number(attributes, "memory-swap"),
                    CpuShares = Number(attributes, "cpu-shares"),
                    CpuPeriod = Number(attributes, "cpu-period"),
                    CpuQuota = Number(attributes, "cpu-quota"),
                    CpusetCpus = attributes.GetValueOrDefault("cpuset-cpus") ?? "",
                    CpusetMems = attributes.GetValueOrDefault("cpuset-mems") ?? "",
                    SecurityOpt = attributes.GetValueOrDefault("security-opt") is { Length: > 0 } options ? [.. List(options)] : null,
                    ShmSize = Number(attributes, "shm-size"),
                    CgroupParent = attributes.GetValueOrDefault("cgroup-parent") ?? "",
                    Ulimits = [.. List(attributes.GetValueOrDefault("ulimit")).Select(ReadUlimit)],
                },
            },
            attributes.GetValueOrDefault("context") ?? ""
        );
    }

    static IEnumerable<KeyValuePair<string, string>> WithPrefix(IReadOnlyDictionary<string, string> attributes, string prefix) =>
        attributes
            .Where(a => a.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(a => KeyValuePair.Create(a.Key[prefix.Length..], a.Value));

    static IReadOnlyList<string> List(string? text) =>
        text is { Length: > 0 } ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];

    static string NetworkOf(string mode) =>
        mode switch
        {
            "sandbox" => "default",
            "default" or "none" or "host" => mode,
            _ => throw new GrpcException(GrpcCode.InvalidArgument, $"network mode \"{mode}\" not supported by buildkit"),
        };

    static long Number(IReadOnlyDictionary<string, string> attributes, string key)
    {
        if (attributes.GetValueOrDefault(key) is not { Length: > 0 } text)
            return 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new GrpcException(GrpcCode.InvalidArgument, $"failed to parse {key}: \"{text}\" is no number");
    }

    // NAME=SOFT[:HARD].
    static Ulimit ReadUlimit(string text)
    {
        var parts = text.Split('=', 2);
        var limits = parts.Length == 2 ? parts[1].Split(':', 2) : [];
        if (limits.Length == 0 || !limits.All(l => long.TryParse(l, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            throw new GrpcException(GrpcCode.InvalidArgument, $"invalid ulimit argument: {text}");
        var numbers = limits.Select(l => long.Parse(l, CultureInfo.InvariantCulture)).ToArray();
        return new Ulimit
        {
            Name = parts[0],
            Soft = numbers[0],
            Hard = numbers[^1],
        };
    }

    // buildx asks for provenance of its own accord, to be left out where it cannot be had; what a user asked for is another thing.
    static void CheckAttestations(IReadOnlyDictionary<string, string> attributes)
    {
        foreach (var (key, value) in WithPrefix(attributes, "attest:"))
        {
            if (value.Contains("disabled=true", StringComparison.Ordinal) || value.Contains("inline-only=true", StringComparison.Ordinal))
                continue;
            throw new GrpcException(GrpcCode.Unimplemented, $"attestations ({key}) are not supported");
        }
    }
}
