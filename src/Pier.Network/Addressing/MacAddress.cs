using System.Globalization;
using System.Net;

namespace Pier.Network.Addressing;

/// <summary>An Ethernet address: 6 bytes, printed as "02:42:ac:11:00:02".</summary>
public readonly record struct MacAddress(ulong Value)
{
    public const int Length = 6;

    /// <summary>
    /// Docker's scheme for an IPv4 endpoint: 02:42 and the four address bytes, so that a reused address keeps its neighbours' caches right.
    /// </summary>
    public static MacAddress For(IPAddress ipv4)
    {
        ulong value = 0x0242;
        foreach (var octet in ipv4.GetAddressBytes().AsSpan()[^4..])
            value = value << 8 | octet;
        return new MacAddress(value);
    }

    /// <summary>A locally administered address that nobody else has.</summary>
    public static MacAddress Random()
    {
        ulong value = 0x0242;
        foreach (var octet in System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))
            value = value << 8 | octet;
        return new MacAddress(value);
    }

    /// <summary>Parses six hex octets separated by ':' or '-'.</summary>
    public static bool TryParse(string? text, out MacAddress address)
    {
        address = default;
        var octets = text?.Split(':', '-');
        if (octets is not { Length: Length })
            return false;
        ulong value = 0;
        foreach (var octet in octets)
        {
            if (octet.Length != 2 || !byte.TryParse(octet, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
                return false;
            value = value << 8 | b;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <summary>The six bytes as they stand on the wire.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        for (var i = 0; i < Length; i++)
            bytes[i] = (byte)(Value >> (8 * (Length - 1 - i)));
        return bytes;
    }

    public override string ToString() => string.Join(':', ToBytes().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
}
