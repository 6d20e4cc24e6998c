using System.Globalization;
using System.Net;

namespace Pier.Network.Dns;

/// <summary>Addresses written as names (RFC 1035, section 3.5; RFC 3596, section 2.5).</summary>
static class ReverseName
{
    const string V4 = ".in-addr.arpa",
        V6 = ".ip6.arpa";

    /// <summary>The address of "4.3.2.1.in-addr.arpa" or of 32 nibbles under ip6.arpa; null for other names.</summary>
    public static IPAddress? Parse(string name)
    {
        if (name.EndsWith(V4, StringComparison.Ordinal))
            return Octets(name[..^V4.Length].Split('.'));
        return name.EndsWith(V6, StringComparison.Ordinal) ? Nibbles(name[..^V6.Length].Split('.')) : null;
    }

    static IPAddress? Octets(string[] labels)
    {
        var bytes = new byte[4];
        if (labels.Length != bytes.Length)
            return null;
        for (var i = 0; i < bytes.Length; i++)
            if (!byte.TryParse(labels[^(i + 1)], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                return null;
        return new IPAddress(bytes);
    }

    static IPAddress? Nibbles(string[] labels)
    {
        var bytes = new byte[16];
        if (labels.Length != bytes.Length * 2)
            return null;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[^(i + 1)] is not [var digit] || !char.IsAsciiHexDigit(digit))
                return null;
            bytes[i / 2] = (byte)(bytes[i / 2] << 4 | Convert.ToByte(digit.ToString(), 16));
        }

        return new IPAddress(bytes);
    }
}
