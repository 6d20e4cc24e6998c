using System.Globalization;

namespace Pier.Contracts;

/// <summary>Sizes for people: "4.26MB" in powers of 1000, or "64MiB" in powers of 1024.</summary>
public static class HumanSize
{
    static readonly string[] Decimal = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

    /// <summary>Powers of 1000 with the given number of significant digits (docker prints 4, and 3 in lists).</summary>
    public static string Describe(double bytes, int precision = 4) => Describe(bytes, 1000, Decimal, precision);

    /// <summary>Powers of 1024 with four significant digits.</summary>
    public static string DescribeBinary(double bytes) => Describe(bytes, 1024, Binary, 4);

    static string Describe(double bytes, double unit, string[] names, int precision)
    {
        var power = 0;
        while (bytes >= unit && power < names.Length - 1)
        {
            bytes /= unit;
            power++;
        }
        // "%.4g": the significant digits without trailing zeros; the value is below 1024, so never an exponent with four digits.
        return Significant(bytes, precision) + names[power];
    }

    static string Significant(double value, int digits)
    {
        if (value == 0)
            return "0";
        var integerDigits = (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        var decimals = Math.Max(0, digits - integerDigits);
        return Math.Round(value, Math.Min(decimals, 15)).ToString("0.###############", CultureInfo.InvariantCulture);
    }
}
