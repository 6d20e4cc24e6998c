using System.Globalization;
using System.Text;

namespace Pier.Contracts.Grpc;

/// <summary>The texts of gRPC's headers.</summary>
public static class GrpcText
{
    /// <summary>"grpc-message": UTF-8 with everything but printable ASCII, and '%', as %XX.</summary>
    public static string Escape(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        if (bytes.All(IsPlain))
            return message;
        var text = new StringBuilder(bytes.Length + 16);
        foreach (var b in bytes)
        {
            if (IsPlain(b))
                text.Append((char)b);
            else
                text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    /// <summary>The reverse; a '%' that no two hexadecimal digits follow stands for itself.</summary>
    public static string Unescape(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (
                text[i] == '%'
                && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            )
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>"grpc-timeout": up to eight digits and a unit (H, M, S, m, u, n). Null for anything else.</summary>
    public static TimeSpan? ParseTimeout(string text)
    {
        if (
            text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        )
            return null;
        return text[^1] switch
        {
            'H' => TimeSpan.FromHours(Math.Min(count, 100_000)),
            'M' => TimeSpan.FromMinutes(Math.Min(count, 6_000_000)),
            'S' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMilliseconds(count),
            'u' => TimeSpan.FromMicroseconds(count),
            'n' => TimeSpan.FromTicks(count / 100),
            _ => null,
        };
    }

    static bool IsPlain(byte b) => b is >= 0x20 and <= 0x7E and not (byte)'%';
}
