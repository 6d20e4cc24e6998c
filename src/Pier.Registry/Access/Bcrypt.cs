using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Pier.Registry.Access;

/// <summary>
/// Verifies bcrypt hashes ($2a$, $2b$ and $2y$), which is all that a registry needs of them. No package of this purpose can be restored
/// where Pier is built.
/// </summary>
static partial class Bcrypt
{
    const int MaxPassword = 72,
        SaltChars = 22,
        MaxCost = 15;
    const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Whether a text is a hash that can be verified in reasonable time (cost at most 15).</summary>
    public static bool IsHash(string text) =>
        Form().Match(text) is { Success: true } match && int.Parse(match.Groups[1].ValueSpan) is >= 4 and <= MaxCost;

    /// <summary>Whether a password is the one of a hash.</summary>
    public static bool Verify(string password, string hash)
    {
        if (!IsHash(hash))
            return false;
        var text = hash[(hash.LastIndexOf('$') + 1)..];
        var bytes = Encoding.UTF8.GetBytes(password);
        // An empty end mark belongs to the key: "a" and "aa" must differ though both repeat to the same text.
        byte[] key = bytes.Length >= MaxPassword ? bytes[..MaxPassword] : [.. bytes, 0];
        var found = Hash(key, Decode(text.AsSpan(0, SaltChars), 16), int.Parse(hash.AsSpan(4, 2)));
        return CryptographicOperations.FixedTimeEquals(found.AsSpan(0, 23), Decode(text.AsSpan(SaltChars), 23));
    }

    static byte[] Hash(byte[] key, byte[] salt, int cost)
    {
        var cipher = new Blowfish();
        cipher.Expand(key, salt);
        for (var i = 0; i < 1 << cost; i++)
        {
            cipher.Expand(key, []);
            cipher.Expand(salt, []);
        }
        var result = new byte[24];
        var position = 0;
        for (var block = 0; block < 3; block++)
        {
            var left = Blowfish.NextWord("OrpheanBeholderScryDoubt"u8, ref position);
            var right = Blowfish.NextWord("OrpheanBeholderScryDoubt"u8, ref position);
            for (var i = 0; i < 64; i++)
                cipher.Encrypt(ref left, ref right);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(block * 8), left);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(block * 8 + 4), right);
        }
        return result;
    }

    // Base64 with an alphabet of its own and without padding.
    static byte[] Decode(ReadOnlySpan<char> text, int length)
    {
        var bytes = new byte[length];
        int bits = 0,
            have = 0,
            count = 0;
        foreach (var c in text)
        {
            bits = bits << 6 | Alphabet.IndexOf(c);
            have += 6;
            if (have < 8 || count == length)
                continue;
            have -= 8;
            bytes[count++] = (byte)(bits >> have);
        }
        return bytes;
    }

    [GeneratedRegex(@"\A\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
