namespace Pier.Supervisor.Attach;

/// <summary>
/// Recognises detach keys in typed input. Bytes that may begin the sequence are held back until it is complete or broken.
/// </summary>
sealed class DetachKeys(byte[] sequence)
{
    int _matched;

    /// <summary>
    /// Parses Docker's notation: keys separated by commas, each one character or ctrl- and one of a-z @ [ \ ] ^ _. Throws <see
    /// cref="FormatException"/>.
    /// </summary>
    public static DetachKeys Parse(string keys) => new([.. keys.Split(',').Select(Key)]);

    static byte Key(string key)
    {
        if (key.Length == 1 && key[0] < 0x80)
            return (byte)key[0];
        if (key.Length == 6 && key.StartsWith("ctrl-", StringComparison.Ordinal))
        {
            var letter = key[5];
            if (letter is >= 'a' and <= 'z')
                return (byte)(letter - 'a' + 1);
            if (letter == '@')
                return 0;
            if (letter is >= '[' and <= '_')
                return (byte)(letter - '[' + 27);
        }
        throw new FormatException($"Unknown character: '{key}'");
    }

    /// <summary>
    /// Passes input through to <paramref name="output"/>, which has room for the input and the sequence. Returns the number of bytes to
    /// deliver;
    /// <paramref name="detached"/> when the sequence was typed, what follows it is dropped.
    /// </summary>
    public int Filter(ReadOnlySpan<byte> input, Span<byte> output, out bool detached)
    {
        var length = 0;
        foreach (var value in input)
        {
            while (_matched > 0 && value != sequence[_matched])
            {
                // Held bytes were no detach sequence after all; their end may still begin one.
                var keep = Overlap(_matched);
                sequence.AsSpan(0, _matched - keep).CopyTo(output[length..]);
                length += _matched - keep;
                _matched = keep;
            }
            if (value != sequence[_matched])
            {
                output[length++] = value;
            }
            else if (++_matched == sequence.Length)
            {
                detached = true;
                _matched = 0;
                return length;
            }
        }
        detached = false;
        return length;
    }

    // Length of the longest proper suffix of the first count bytes that is also their prefix.
    int Overlap(int count)
    {
        for (var length = count - 1; length > 0; length--)
            if (sequence.AsSpan(count - length, length).SequenceEqual(sequence.AsSpan(0, length)))
                return length;
        return 0;
    }
}
