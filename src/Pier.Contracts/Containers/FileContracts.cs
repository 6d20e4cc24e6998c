using System.Globalization;
using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>A row of GET /containers/{id}/changes. Kind is 0 for modified, 1 for added, 2 for deleted.</summary>
public sealed record FilesystemChange(string Path, int Kind);

/// <summary>The header X-Docker-Container-Path-Stat, in base64: Go's names and Go's os.FileMode.</summary>
public sealed record ContainerPathStat
{
    const uint TypeMask = 0xF000;

    [JsonPropertyName("name")] public string Name { get; init; } = "";
    [JsonPropertyName("size")] public long Size { get; init; }

    /// <summary>Permissions below, Go's own type bits above.</summary>
    [JsonPropertyName("mode")] public uint Mode { get; init; }

    [JsonPropertyName("mtime")] public string Modified { get; init; } = Timestamps.Zero;
    [JsonPropertyName("linkTarget")] public string LinkTarget { get; init; } = "";

    [JsonIgnore] public bool IsDirectory => (Mode & GoMode.Directory) != 0;
    [JsonIgnore] public bool IsSymlink => (Mode & GoMode.Symlink) != 0;

    /// <summary>From the kernel's st_mode and nanoseconds of the Unix epoch.</summary>
    public static ContainerPathStat Of(string name, long size, uint mode, long modified, string linkTarget) =>
        new() { Name = name, Size = size, Mode = ToGo(mode), Modified = FormatTime(modified), LinkTarget = linkTarget };

    static uint ToGo(uint mode) => (mode & 0x1FF)
        | ((mode & 0x800) != 0 ? GoMode.SetUid : 0) | ((mode & 0x400) != 0 ? GoMode.SetGid : 0) | ((mode & 0x200) != 0 ? GoMode.Sticky : 0)
        | (mode & TypeMask) switch
        {
            0x4000 => GoMode.Directory,
            0xA000 => GoMode.Symlink,
            0x6000 => GoMode.Device,
            0x2000 => GoMode.Device | GoMode.CharDevice,
            0x1000 => GoMode.NamedPipe,
            0xC000 => GoMode.Socket,
            _ => 0,
        };

    static string FormatTime(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000L);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + 1_000_000_000L);
        var fraction = rest == 0 ? "" : "." + rest.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
        return DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + fraction + "Z";
    }
}

/// <summary>Bits of Go's os.FileMode above the permissions.</summary>
static class GoMode
{
    internal const uint Directory = 1u << 31, Symlink = 1u << 27, Device = 1u << 26, NamedPipe = 1u << 25, Socket = 1u << 24, SetUid = 1u << 23,
        SetGid = 1u << 22, CharDevice = 1u << 21, Sticky = 1u << 20;
}
