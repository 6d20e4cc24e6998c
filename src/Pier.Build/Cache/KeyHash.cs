using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Pier.Build.Cache;

/// <summary>
/// Gathers what a step is into a key. Every part has its length before it, and a list its count, so that different steps never give the
/// same bytes.
/// </summary>
sealed class KeyHash : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <param name="kind">What the key is of; a new meaning of the parts needs a new word.</param>
    public KeyHash(string kind) => Add(kind);

    public KeyHash Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Add(bytes);
    }

    public KeyHash Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    public KeyHash Add(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    public KeyHash Add(bool flag) => Add(flag ? 1 : 0);

    public KeyHash Add(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (var text in texts)
            Add(text);
        return this;
    }

    /// <summary>64 hex digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
