using System.Globalization;
using Pier.Model;

namespace Pier.Engine;

/// <summary>Sizes as options write them: "10m", "1.5g", "4096", with or without a b.</summary>
static class ByteSizes
{
    /// <summary>Decimal units (go-units' FromHumanSize): what json-file's max-size counts in.</summary>
    public static long Decimal(string text) => Parse(text, 1000);

    /// <summary>Binary units (go-units' RAMInBytes).</summary>
    public static long Binary(string text) => Parse(text, 1024);

    static long Parse(string text, long unit)
    {
        var number = text.TrimEnd('b', 'B', 'i');
        var power = number.Length == 0 ? -1 : "kmgtp".IndexOf(char.ToLowerInvariant(number[^1]));
        var factor = 1.0;
        for (var i = 0; i <= power; i++)
            factor *= unit;
        if (power >= 0)
            number = number[..^1];
        return
            double.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * factor < long.MaxValue
            ? (long)(value * factor)
            : throw new InvalidParameterException($"invalid size: '{text}'");
    }
}
