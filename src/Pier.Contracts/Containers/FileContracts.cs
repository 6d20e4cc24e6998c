using System.Globalization;
using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>A row of GET /containers/{id}/changes. Kind is 0 for modified, 1 for added, 2 for deleted.</summary>
public sealed record FilesystemChange(string Path, int Kind);

/// <summary>The header X-Docker-Container-Path-Stat, in base64: Go's names and Go's os.FileMode.</summary>
public sealed record ContainerPathStat
{
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [JsonPropertyName("size")]
    public long Size { get; init; }

    /// <summary>Permissions below, Go's own type bits above.</summary>
    [JsonPropertyName("mode")]
    public uint Mode { get; init; }

    [JsonPropertyName("mtime")]
    public string Modified { get; init; } = Timestamps.Zero;

    [JsonPropertyName("linkTarget")]
    public string LinkTarget { get; init; } = "";

    [JsonIgnore]
    public bool IsDirectory => (Mode & GoMode.Directory) != 0;

    [JsonIgnore]
    public bool IsSymlink => (Mode & GoMode.Symlink) != 0;

    /// <summary>From the kernel's st_mode and nanoseconds of the Unix epoch.</summary>
    public static ContainerPathStat Of(string name, long size, uint mode, long modified, string linkTarget) =>
        new()
        {
            Name = name,
            Size = size,
            Mode = GoMode.OfKernel(mode),
            Modified = FormatTime(modified),
            LinkTarget = linkTarget,
        };

    static string FormatTime(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000L);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + 1_000_000_000L);
        var fraction = rest == 0 ? "" : "." + rest.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
        return DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
            + fraction
            + "Z";
    }
}
