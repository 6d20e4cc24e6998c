using System.Globalization;
using System.Text.RegularExpressions;
using Pier.Model;
using Pier.Model.Notation;

namespace Pier.Engine.Logs.Drivers;

/// <summary>Reads single log options; what cannot be read is an InvalidParameterException in Docker's (Go's) words.</summary>
static class LogOption
{
    static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>Go's strconv.ParseBool; the other value when it is missing.</summary>
    public static bool Flag(IReadOnlyDictionary<string, string> options, string key, bool otherwise = false) =>
        !options.TryGetValue(key, out var text) ? otherwise : GoBool.Parse(text) ?? throw new InvalidParameterException(GoBool.Error(text));

    /// <summary>Go's strconv.Atoi.</summary>
    public static int Number(IReadOnlyDictionary<string, string> options, string key, int otherwise) =>
        !options.TryGetValue(key, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new InvalidParameterException($"strconv.Atoi: parsing \"{text}\": invalid syntax");

    /// <summary>A Go duration, or a plain number of milliseconds.</summary>
    public static TimeSpan Duration(IReadOnlyDictionary<string, string> options, string key, TimeSpan otherwise)
    {
        if (!options.TryGetValue(key, out var text))
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            return TimeSpan.FromMilliseconds(milliseconds);
        return GoDuration.Error(text, out var nanoseconds) is { } error
            ? throw new InvalidParameterException(error)
            : TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>A regular expression of a user; matching has a time limit.</summary>
    public static Regex? Pattern(IReadOnlyDictionary<string, string> options, string key)
    {
        if (!options.TryGetValue(key, out var text) || text.Length == 0)
            return null;
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant, MatchLimit);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new InvalidParameterException($"error parsing regexp: {e.Message}", e);
        }
    }
}
