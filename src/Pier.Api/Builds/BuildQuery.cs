using System.Globalization;
using System.Text;
using System.Text.Json;
using Pier.Api.BuildKit.Solving;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Builds;
using Pier.Engine.Builds.Caches;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.Builds;

/// <summary>The parameters of POST /build.</summary>
static class BuildQuery
{
    // Read elsewhere, of the other wire, or without a meaning where no container is kept.
    public static BuildRequest Read(ApiRequest request)
    {
        var query = request.Query;
        return new BuildRequest
        {
            Client = NoFiles.Instance,
            Dockerfile = query.Text("dockerfile") ?? "Dockerfile",
            Tags = [.. query.All("t").OfType<string>().Where(t => t.Length > 0)],
            Arguments = Map(query, "buildargs", ContractsJson.Wire.DictionaryStringNullable) ?? new Dictionary<string, string?>(),
            Labels = (Map(query, "labels", ContractsJson.Wire.DictionaryStringNullable) ?? []).ToDictionary(l => l.Key, l => l.Value ?? ""),
            Target = query.Text("target") ?? "",
            Platforms = Platform.ParseList(query.Text("platform") ?? ""),
            NoCache = query.Flag("nocache"),
            Pull = query.Flag("pull"),
            Squash = query.Flag("squash"),
            Network = query.Text("networkmode") ?? "default",
            ExtraHosts = [.. query.All("extrahosts").OfType<string>().SelectMany(h => h.Split(',', StringSplitOptions.RemoveEmptyEntries))],
            Limits = Limits(query),
            Credentials = BuildCredentials.Read(request),
            Id = query.Text("buildid"),
            CacheFrom = [.. (Map(query, "cachefrom", ContractsJson.Wire.StringArray) ?? []).Where(r => r.Length > 0).Select(CacheOf)],
        };
    }

    // A name, or BuildKit's words.
    static CachePlace CacheOf(string text)
    {
        if (!text.Contains("type=", StringComparison.Ordinal))
            return SolveTarget.Registry(text);
        var fields = text.Split(',')
            .Select(f => f.Split('=', 2))
            .Where(f => f.Length == 2)
            .GroupBy(f => f[0].Trim())
            .ToDictionary(g => g.Key, g => g.Last()[1]);
        fields.Remove("type", out var type);
        return new CachePlace(type ?? "", fields);
    }

    static HostConfig Limits(Query query) =>
        new()
        {
            Memory = Long(query, "memory"),
            MemorySwap = Long(query, "memswap"),
            CpuShares = Long(query, "cpushares"),
            CpuPeriod = Long(query, "cpuperiod"),
            CpuQuota = Long(query, "cpuquota"),
            CpusetCpus = query.Text("cpusetcpus") ?? "",
            CpusetMems = query.Text("cpusetmems") ?? "",
            ShmSize = Long(query, "shmsize"),
            CgroupParent = query.Text("cgroupparent") ?? "",
            Ulimits = Map(query, "ulimits", ContractsJson.Wire.UlimitArray),
            SecurityOpt = Map(query, "securityopt", ContractsJson.Wire.StringArray),
            Isolation = query.Text("isolation") ?? "",
        };

    static long Long(Query query, string key)
    {
        if (query.Text(key) is not { } text)
            return 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidParameterException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    static string Shown(string key) =>
        key switch
        {
            "buildargs" => "build args",
            "ulimits" => "ulimit settings",
            _ => key,
        };

    static T? Map<T>(Query query, string key, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        if (query.Text(key) is not { } json)
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"error reading {Shown(key)}: {JsonFault.Of(e, Encoding.UTF8.GetBytes(json))}", e);
        }
    }

    // Stands in until the body is unpacked.
    sealed class NoFiles : IBuildClient
    {
        public static NoFiles Instance { get; } = new();

        public Task<string> OpenLocalAsync(LocalRequest request, CancellationToken ct) =>
            throw new NotFoundException($"{request.Local}: no context");

        public Task<ReadOnlyMemory<byte>?> ReadSecretAsync(string id, CancellationToken ct) => Task.FromResult<ReadOnlyMemory<byte>?>(null);

        public Task<string?> OpenSshAsync(string id, CancellationToken ct) => Task.FromResult<string?>(null);
    }
}
