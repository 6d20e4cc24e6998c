using System.Globalization;

namespace Pier.Api.Http;

/// <summary>A version of the Docker Engine API, "1.51".</summary>
readonly record struct ApiVersion(int Major, int Minor) : IComparable<ApiVersion>
{
    /// <summary>The newest that Pier speaks, which an unversioned path means.</summary>
    public static ApiVersion Newest { get; } = new(1, 51);

    public static ApiVersion Oldest { get; } = new(1, 24);

    public bool IsBefore(int minor) => CompareTo(new ApiVersion(1, minor)) < 0;

    public int CompareTo(ApiVersion other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>Splits "/v1.44/containers/json" into version and rest; a path without a version is left whole.</summary>
    public static bool TrySplit(string path, out ApiVersion version, out string rest)
    {
        version = Newest;
        rest = path;
        if (path.Length < 4 || path[1] != 'v' || !char.IsAsciiDigit(path[2]))
            return false;
        var end = path.IndexOf('/', 1);
        if (end < 0)
            return false;
        var text = path.AsSpan(2, end - 2);
        var point = text.IndexOf('.');
        if (point < 0)
            return false;
        if (!int.TryParse(text[..point], NumberStyles.None, CultureInfo.InvariantCulture, out var major))
            return false;
        if (!int.TryParse(text[(point + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            return false;
        version = new ApiVersion(major, minor);
        rest = path[end..];
        return true;
    }

    /// <summary>Docker's sentence for a version that is not served, or null.</summary>
    public string? Refusal()
    {
        if (CompareTo(Oldest) < 0)
            return $"client version {this} is too old. Minimum supported API version is {Oldest}, please upgrade your client to a newer version";
        if (CompareTo(Newest) > 0)
            return $"client version {this} is too new. Maximum supported API version is {Newest}";
        return null;
    }
}
