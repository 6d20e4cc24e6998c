using System.Runtime.InteropServices;

namespace Pier.Registry.Access;

/// <summary>The Blowfish cipher with the expensive key schedule of bcrypt (Provos and Mazieres, USENIX 1999). Encryption only.</summary>
sealed class Blowfish
{
    const int Rounds = 16,
        KeyWords = Rounds + 2,
        BoxWords = 4 * 256;

    static readonly Lazy<uint[]> Initial = new(() => PiDigits.Words(KeyWords + BoxWords));

    readonly uint[] _key = Initial.Value[..KeyWords];
    readonly uint[] _boxes = Initial.Value[KeyWords..];

    /// <summary>Mixes a key and a salt (16 bytes, or none for all zeros) into the state.</summary>
    public void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        var position = 0;
        for (var i = 0; i < KeyWords; i++)
            _key[i] ^= NextWord(key, ref position);
        position = 0;
        uint left = 0,
            right = 0;
        Fill(_key, salt, ref position, ref left, ref right);
        Fill(_boxes, salt, ref position, ref left, ref right);
    }

    public void Encrypt(ref uint left, ref uint right)
    {
        ref var boxes = ref MemoryMarshal.GetArrayDataReference(_boxes);
        for (var i = 0; i < Rounds; i += 2)
        {
            left ^= _key[i];
            right ^= Mix(ref boxes, left);
            right ^= _key[i + 1];
            left ^= Mix(ref boxes, right);
        }
        (left, right) = (right ^ _key[Rounds + 1], left ^ _key[Rounds]);
    }

    /// <summary>The next 32 bits of a text that repeats for ever.</summary>
    public static uint NextWord(ReadOnlySpan<byte> text, ref int position)
    {
        uint word = 0;
        for (var i = 0; i < 4; i++)
        {
            word = word << 8 | text[position];
            position = (position + 1) % text.Length;
        }
        return word;
    }

    void Fill(uint[] words, ReadOnlySpan<byte> salt, ref int position, ref uint left, ref uint right)
    {
        for (var i = 0; i < words.Length; i += 2)
        {
            if (!salt.IsEmpty)
            {
                left ^= NextWord(salt, ref position);
                right ^= NextWord(salt, ref position);
            }
            Encrypt(ref left, ref right);
            (words[i], words[i + 1]) = (left, right);
        }
    }

    static uint Mix(ref uint boxes, uint word) =>
        (
            (
                System.Runtime.CompilerServices.Unsafe.Add(ref boxes, (int)(word >> 24))
                + System.Runtime.CompilerServices.Unsafe.Add(ref boxes, 256 + (int)(word >> 16 & 0xFF))
            ) ^ System.Runtime.CompilerServices.Unsafe.Add(ref boxes, 512 + (int)(word >> 8 & 0xFF))
        ) + System.Runtime.CompilerServices.Unsafe.Add(ref boxes, 768 + (int)(word & 0xFF));
}
