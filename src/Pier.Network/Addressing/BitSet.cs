using System.Numerics;

namespace Pier.Network.Addressing;

/// <summary>A set of numbers below a size; memory grows with the highest member.</summary>
sealed class BitSet(uint size)
{
    const int WordBits = 64;

    ulong[] _words = [];

    public bool Get(uint index) => index / WordBits < _words.Length && (_words[index / WordBits] >> (int)(index % WordBits) & 1) != 0;

    public void Set(uint index)
    {
        if (index >= size)
            throw new ArgumentOutOfRangeException(nameof(index));
        var word = (int)(index / WordBits);
        if (word >= _words.Length)
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        _words[word] |= 1ul << (int)(index % WordBits);
    }

    public void Clear(uint index)
    {
        if (index / WordBits < _words.Length)
            _words[index / WordBits] &= ~(1ul << (int)(index % WordBits));
    }

    /// <summary>The lowest number at or after a start that is not in the set, or null.</summary>
    public uint? NextClear(uint start)
    {
        for (var index = start; index < size; )
        {
            if (index / WordBits >= _words.Length)
                return index;
            var free = ~_words[index / WordBits] >> (int)(index % WordBits);
            if (free == 0)
            {
                index = (index / WordBits + 1) * WordBits;
                continue;
            }

            index += (uint)BitOperations.TrailingZeroCount(free);
            return index < size ? index : null;
        }

        return null;
    }
}
