namespace Pier.Cli.Terminals;

/// <summary>
/// The key sequence that detaches: "ctrl-p,ctrl-q" unless the user has another. Keys are held back while they may be its beginning,
/// and handed on when they turn out not to be.
/// </summary>
sealed class DetachKeys(byte[] sequence)
{
    int _matched;

    /// <summary>Ctrl-P, Ctrl-Q.</summary>
    public static byte[] Default { get; } = [16, 17];

    /// <summary>Parses "ctrl-a,x": letters or ctrl- with a letter or one of @ [ \ ] ^ _ and ','.</summary>
    public static byte[] Parse(string text)
    {
        var keys = new List<byte>();
        foreach (var word in text.Split(','))
        {
            if (word.Length == 1)
            {
                keys.Add((byte)word[0]);
                continue;
            }
            if (word.Length != 6 || !word.StartsWith("ctrl-", StringComparison.OrdinalIgnoreCase))
                throw Unknown(word);
            var key = char.ToLowerInvariant(word[5]);
            keys.Add(
                key switch
                {
                    >= 'a' and <= 'z' => (byte)(key - 'a' + 1),
                    '@' => 0,
                    '[' => 27,
                    '\\' => 28,
                    ']' => 29,
                    '^' => 30,
                    '_' => 31,
                    _ => throw Unknown(word),
                }
            );
        }
        return [.. keys];
    }

    /// <summary>
    /// Copies what is not the sequence to the target (at least input length plus the sequence's). True when it is complete.
    /// </summary>
    public bool Filter(ReadOnlySpan<byte> input, Span<byte> target, out int written)
    {
        written = 0;
        foreach (var key in input)
        {
            if (sequence.Length > 0 && key == sequence[_matched])
            {
                if (++_matched == sequence.Length)
                    return true;
                continue;
            }
            sequence.AsSpan(0, _matched).CopyTo(target[written..]);
            written += _matched;
            _matched = sequence.Length > 0 && key == sequence[0] ? 1 : 0;
            if (_matched == 1 && sequence.Length == 1)
                return true;
            if (_matched == 0)
                target[written++] = key;
        }
        return false;
    }

    static CliFailure Unknown(string word) => new($"invalid detach keys: unknown character: '{word}'");
}
