using System.Globalization;
using Pier.Build.Dockerfiles;
using Pier.Build.Graph;
using Pier.Model.Builds;
using Pier.Model.Notation;

namespace Pier.Build.Frontend;

/// <summary>The values of one --mount, by key.</summary>
sealed class MountFields(string type, Dictionary<string, string> fields)
{
    public string Type => type;

    public string? this[string key] => fields.GetValueOrDefault(key);

    /// <summary>Throws where a key is given that this kind of mount has not.</summary>
    public MountFields Allow(params string[] keys)
    {
        var other = fields.Keys.FirstOrDefault(k => k != "type" && !keys.Contains(k));
        return other is null ? this : throw new InstructionException($"unexpected key '{other}' for mount type '{type}'", other);
    }

    public BindMount Bind(Vertex from, string target) =>
        new()
        {
            From = from,
            Target = target,
            Source = CleanPath.Join("/", this["source"] ?? "/"),
            ReadOnly = !IsWritable(byDefault: false),
        };

    public CacheMount Cache(Vertex? from, string target) =>
        new()
        {
            From = from,
            Target = target,
            Source = CleanPath.Join("/", this["source"] ?? "/"),
            Id = this["id"] is { Length: > 0 } id ? id : target,
            Sharing = this["sharing"]?.ToLowerInvariant() switch
            {
                null or "" or "shared" => CacheSharing.Shared,
                "private" => CacheSharing.Private,
                "locked" => CacheSharing.Locked,
                var other => throw new InstructionException(
                    $"unsupported sharing value {GoQuote.Text(other)}{Suggestions.For(other, ["shared", "private", "locked"])}",
                    other
                ),
            },
            ReadOnly = !IsWritable(byDefault: true),
            Mode = Mode(0x1ED),
            UserId = Number("uid"),
            GroupId = Number("gid"),
        };

    public SecretMount Secret(Func<string, string> absolute)
    {
        var (target, variable) = (this["target"], this["env"]);
        var id = this["id"] ?? (target is { Length: > 0 } ? target.Split('/')[^1] : variable) ?? "";
        if (id.Length == 0)
            throw new InstructionException("secret mounts need an id or a target: --mount=type=secret", "--mount");
        return new SecretMount
        {
            Id = id,
            Variable = variable,
            Target =
                target is { Length: > 0 } ? absolute(target)
                : variable is null ? "/run/secrets/" + id.Split('/')[^1]
                : "",
            Required = Truth("required", false),
            Mode = Mode(0x100),
            UserId = Number("uid"),
            GroupId = Number("gid"),
        };
    }

    public SshMount Ssh(Func<string, string> absolute, Func<int> nextAgent) =>
        new()
        {
            Id = this["id"] is { Length: > 0 } id ? id : "default",
            Required = Truth("required", false),
            Mode = Mode(0x180),
            UserId = Number("uid"),
            GroupId = Number("gid"),
            Target = this["target"] is { Length: > 0 } target
                ? absolute(target)
                : string.Create(CultureInfo.InvariantCulture, $"/run/buildkit/ssh_agent.{nextAgent()}"),
        };

    public TmpfsMount Tmpfs(string target) => new() { Target = target, Size = Size() };

    // Bytes: a number with k, m, g, t behind it.
    long Size()
    {
        if (this["size"] is not { } text)
            return 0;
        var lower = text.Trim().ToLowerInvariant().TrimEnd('b').TrimEnd('i');
        var shift =
            lower.Length == 0
                ? -1
                : lower[^1] switch
                {
                    'k' => 10,
                    'm' => 20,
                    'g' => 30,
                    't' => 40,
                    _ => 0,
                };
        var digits = shift > 0 ? lower[..^1] : lower;
        return
            shift >= 0
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue >> shift
            ? number << shift
            : throw new InstructionException($"invalid value for size: {text}", text);
    }

    bool IsWritable(bool byDefault) =>
        this["readwrite"] is not null ? Truth("readwrite", true)
        : this["readonly"] is not null ? !Truth("readonly", true)
        : byDefault;

    bool Truth(string key, bool byDefault) =>
        this[key] is not { } text
            ? byDefault
            : GoBool.Parse(text) ?? throw new InstructionException($"invalid value for {key}: {text}", text);

    int Number(string key)
    {
        if (this[key] is not { } text)
            return 0;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InstructionException($"invalid value for {key}: {text}", text);
    }

    int Mode(int byDefault)
    {
        if (this["mode"] is not { } text)
            return byDefault;
        if (text.Length is 0 or > 5 || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
            throw new InstructionException($"invalid value for mode: {text}", text);
        return Convert.ToInt32(text, 8);
    }
}
