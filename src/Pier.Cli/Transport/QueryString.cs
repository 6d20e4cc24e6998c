using System.Globalization;
using System.Text;

namespace Pier.Cli.Transport;

/// <summary>Builds a path with its query.</summary>
sealed class QueryString(string path)
{
    readonly StringBuilder _text = new(path);
    bool _any;

    public QueryString Add(string key, string? value)
    {
        if (value is null)
            return this;
        _text.Append(_any ? '&' : '?').Append(key).Append('=').Append(Uri.EscapeDataString(value));
        _any = true;
        return this;
    }

    public QueryString Add(string key, long? value) => Add(key, value?.ToString(CultureInfo.InvariantCulture));

    public QueryString AddIf(bool condition, string key, string value = "1") => condition ? Add(key, value) : this;

    public override string ToString() => _text.ToString();

    /// <summary>A name as a path segment; image names keep their slashes.</summary>
    public static string Escape(string name) =>
        Uri.EscapeDataString(name)
            .Replace("%2F", "/", StringComparison.Ordinal)
            .Replace("%3A", ":", StringComparison.Ordinal)
            .Replace("%40", "@", StringComparison.Ordinal);
}
