using System.Text.Json;
using System.Text.Json.Serialization;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Seccomp;

/// <summary>
/// A profile as Docker's --security-opt seccomp= takes it: OCI's form with conditions about capabilities, kernel and machine.
/// </summary>
public sealed record SeccompProfile
{
    public string DefaultAction { get; init; } = "";
    public uint? DefaultErrnoRet { get; init; }
    public IReadOnlyList<string>? Architectures { get; init; }
    public IReadOnlyList<SeccompArchitectureMap>? ArchMap { get; init; }
    public IReadOnlyList<string>? Flags { get; init; }
    public string? ListenerPath { get; init; }
    public string? ListenerMetadata { get; init; }
    public IReadOnlyList<SeccompProfileRule>? Syscalls { get; init; }

    /// <summary>Docker's default profile, embedded.</summary>
    public static SeccompProfile Default { get; } = Load();

    /// <summary>Reads a profile; throws <see cref="InvalidParameterException"/> for anything that is none.</summary>
    public static SeccompProfile Parse(string json)
    {
        SeccompProfile? profile;
        try
        {
            profile = JsonSerializer.Deserialize(json, SeccompProfileJson.Default.SeccompProfile);
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"Decoding seccomp profile failed: {e.Message}", e);
        }
        if (profile is null || profile.DefaultAction.Length == 0)
            throw new InvalidParameterException("Decoding seccomp profile failed: no defaultAction");
        if (profile.Architectures is { Count: > 0 } && profile.ArchMap is { Count: > 0 })
            throw new InvalidParameterException(
                "both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'"
            );
        return profile;
    }

    static SeccompProfile Load()
    {
        using var stream =
            typeof(SeccompProfile).Assembly.GetManifestResourceStream("Pier.Runtime.Seccomp.default.json")
            ?? throw new InvalidOperationException("the default seccomp profile is not embedded");
        return JsonSerializer.Deserialize(stream, SeccompProfileJson.Default.SeccompProfile)!;
    }
}

public sealed record SeccompArchitectureMap
{
    public string Architecture { get; init; } = "";
    public IReadOnlyList<string>? SubArchitectures { get; init; }
}

public sealed record SeccompProfileRule
{
    public string? Name { get; init; }
    public IReadOnlyList<string>? Names { get; init; }
    public string Action { get; init; } = "";
    public uint? ErrnoRet { get; init; }
    public IReadOnlyList<SeccompArgument>? Args { get; init; }
    public SeccompFilter? Includes { get; init; }
    public SeccompFilter? Excludes { get; init; }
}

/// <summary>When a rule counts: capabilities of the container, machines in Go's words ("amd64"), least kernel "4.8".</summary>
public sealed record SeccompFilter
{
    public IReadOnlyList<string>? Caps { get; init; }
    public IReadOnlyList<string>? Arches { get; init; }
    public string? MinKernel { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(SeccompProfile))]
sealed partial class SeccompProfileJson : JsonSerializerContext;
