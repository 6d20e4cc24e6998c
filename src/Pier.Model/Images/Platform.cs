using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>
/// An operating system and a processor in Go's words: linux/amd64, linux/arm64, linux/arm/v7 (OCI image spec, image-index.md).
/// </summary>
public sealed record Platform
{
    [JsonPropertyName("architecture")]
    public required string Architecture { get; init; }

    [JsonPropertyName("os")]
    public required string Os { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public string[]? OsFeatures { get; init; }

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>The platform of this machine.</summary>
    [JsonIgnore]
    public static Platform Host { get; } =
        new()
        {
            Os = "linux",
            Architecture = RuntimeInformation.OSArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "amd64",
                System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
                var other => other.ToString().ToLowerInvariant(),
            },
        };

    /// <summary>Parses "os", "arch", "os/arch" or "os/arch/variant"; throws <see cref="InvalidParameterException"/>.</summary>
    public static Platform Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 3)
            throw new InvalidParameterException($"\"{text}\": cannot parse platform specifier: invalid argument");
        if (parts.Any(p => p.Length == 0 || p.AsSpan().ContainsAnyExcept(Letters)))
            throw new InvalidParameterException(
                $"\"{text}\" is an invalid component of \"{text}\": platform specifier component must match \"^[A-Za-z0-9_-]+$\""
            );
        var words = parts.Select(p => p.ToLowerInvariant()).ToArray();
        if (words.Length == 1)
            return IsOs(words[0]) ? Host with { Os = words[0] } : Normalized("linux", words[0], null);
        return Normalized(words[0], words[1], words.Length == 3 ? words[2] : null);
    }

    /// <summary>
    /// Parses platforms with commas between them, each once; none for "". Throws <see cref="InvalidParameterException"/>.
    /// </summary>
    public static IReadOnlyList<Platform> ParseList(string text) =>
        text.Length == 0 ? [] : [.. text.Split(',').Select(p => Parse(p.Trim())).Distinct()];

    /// <summary>Whether an image of this platform may run where <paramref name="wanted"/> is asked for.</summary>
    public bool Satisfies(Platform wanted)
    {
        var (mine, theirs) = (Normalized(Os, Architecture, Variant), Normalized(wanted.Os, wanted.Architecture, wanted.Variant));
        return mine.Os == theirs.Os
            && mine.Architecture == theirs.Architecture
            && (theirs.Variant is null || mine.Variant == theirs.Variant);
    }

    public override string ToString() => Variant is { Length: > 0 } ? $"{Os}/{Architecture}/{Variant}" : $"{Os}/{Architecture}";

    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    static bool IsOs(string word) => word is "linux" or "windows" or "darwin" or "freebsd" or "wasi" or "wasip1";

    // The same machine has many names (uname's, Debian's, Go's); Go's win, and each architecture's default variant is left out.
    static Platform Normalized(string os, string architecture, string? variant)
    {
        (architecture, variant) = (architecture.ToLowerInvariant(), variant?.ToLowerInvariant()) switch
        {
            ("x86_64" or "x86-64" or "amd64", "v1" or "" or null) => ("amd64", null),
            ("x86_64" or "x86-64", var v) => ("amd64", v),
            ("i386" or "i486" or "i586" or "i686" or "x86", _) => ("386", null),
            ("aarch64" or "arm64", "8" or "v8" or "" or null) => ("arm64", null),
            ("aarch64", var v) => ("arm64", v),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "" or null or "7") => ("arm", "v7"),
            ("arm", "5" or "6" or "8") => ("arm", "v" + variant),
            var (a, v) => (a, v is "" ? null : v),
        };
        return new Platform
        {
            Os = os == "macos" ? "darwin" : os,
            Architecture = architecture,
            Variant = variant,
        };
    }
}
