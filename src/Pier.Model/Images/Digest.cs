using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Pier.Model;

/// <summary>
/// A content digest (OCI image spec, descriptor.md): "sha256:" and 64 lower-case hex digits, or "sha512:" and 128. The hex part is
/// checked at every door, so that a digest can name a file.
/// </summary>
[System.Text.Json.Serialization.JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest
{
    readonly string? _text;

    Digest(string text) => _text = text;

    /// <summary>"sha256" or "sha512".</summary>
    public string Algorithm => Text[..Text.IndexOf(':')];

    /// <summary>The hex digits alone.</summary>
    public string Hex => Text[(Text.IndexOf(':') + 1)..];

    string Text => _text ?? throw new InvalidOperationException("an empty digest");

    /// <summary>The sha256 digest of bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return FromSha256(hash);
    }

    /// <summary>A digest from a finished sha256 hash (32 bytes).</summary>
    public static Digest FromSha256(ReadOnlySpan<byte> hash) =>
        hash.Length == 32
            ? new Digest("sha256:" + Convert.ToHexStringLower(hash))
            : throw new ArgumentException("a sha256 hash has 32 bytes");

    /// <summary>Parses "algorithm:hex"; false for anything that is not exactly that.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        var hexLength = text switch
        {
            null => 0,
            _ when text.StartsWith("sha256:", StringComparison.Ordinal) => 64,
            _ when text.StartsWith("sha512:", StringComparison.Ordinal) => 128,
            _ => 0,
        };
        if (hexLength == 0 || text!.Length != 7 + hexLength)
            return false;
        if (text.AsSpan(7).ContainsAnyExcept("0123456789abcdef"))
            return false;
        digest = new Digest(text);
        return true;
    }

    /// <summary>Parses or throws <see cref="InvalidParameterException"/>.</summary>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new InvalidParameterException($"invalid checksum digest format: {text}");

    public override string ToString() => Text;
}
