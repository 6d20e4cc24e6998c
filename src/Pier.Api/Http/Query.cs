using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Http;

/// <summary>The query string, read as Docker reads it.</summary>
readonly struct Query(IQueryCollection values)
{
    /// <summary>The value, or null when it is missing or empty.</summary>
    public string? Text(string key) =>
        values.TryGetValue(key, out var value) && value.Count > 0 && value[0] is { Length: > 0 } text ? text : null;

    public string?[] All(string key) => values.TryGetValue(key, out var value) ? value.ToArray() : [];

    /// <summary>Everything but nothing, 0, no, false and none is true.</summary>
    public bool Flag(string key, bool missing = false) =>
        Text(key) switch
        {
            null => missing && !values.ContainsKey(key),
            var text => text.Trim().ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none"),
        };

    /// <summary>A whole number, or null when it is missing.</summary>
    public int? Number(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidParameterException($"strconv.Atoi: parsing \"{text}\": invalid syntax");
    }

    /// <summary>A time in nanoseconds of the Unix epoch, or null when it is missing or "0".</summary>
    public long? Time(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (!Timestamps.TryParse(text, out var nanoseconds))
            throw new InvalidParameterException($"invalid value for \"{key}\": failed to parse \"{text}\" as a time");
        return nanoseconds == 0 ? null : nanoseconds;
    }

    public Filters Filters(string key = "filters") => Http.Filters.Parse(Text(key));
}
