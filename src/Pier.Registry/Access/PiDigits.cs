using System.Numerics;

namespace Pier.Registry.Access;

/// <summary>
/// Blowfish's initial state is the fraction of pi (B. Schneier, 1993): 18 words of the key array, then four boxes of 256. Computing them,
/// once, takes less room than listing them and leaves nothing to mistype.
/// </summary>
static class PiDigits
{
    const int Guard = 64;

    /// <summary>The first words of pi's fraction, 32 bits each, most significant first.</summary>
    public static uint[] Words(int count)
    {
        var bits = count * 32 + Guard;
        // Machin: pi = 16 atan(1/5) - 4 atan(1/239), in fixed point.
        var pi = 16 * InverseTangent(5, bits) - 4 * InverseTangent(239, bits);
        var fraction = (pi - ((BigInteger)3 << bits)) >> Guard;
        var words = new uint[count];
        var bytes = fraction.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[count * 4];
        bytes.CopyTo(padded, padded.Length - bytes.Length);
        for (var i = 0; i < count; i++)
            words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(i * 4));
        return words;
    }

    static BigInteger InverseTangent(int x, int bits)
    {
        var power = (BigInteger.One << bits) / x;
        var sum = power;
        for (var n = 3; !power.IsZero; n += 2)
        {
            power /= x * x;
            sum += (n & 2) == 0 ? power / n : -(power / n);
        }
        return sum;
    }
}
