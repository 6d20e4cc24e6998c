using System.Globalization;
using System.Text;
using Pier.Linux.Files;

namespace Pier.Store.Tar;

/// <summary>The records of a pax extended header (POSIX.1-2017 pax): "LENGTH KEY=VALUE\n", values as bytes.</summary>
sealed class PaxRecords
{
    const string XattrPrefix = "SCHILY.xattr.";

    readonly Dictionary<string, byte[]> _records = new(StringComparer.Ordinal);

    /// <summary>GNU sparse format 0.0 repeats its keys: offsets and lengths in turn.</summary>
    internal List<long> SparsePairs { get; } = [];

    internal static PaxRecords Parse(ReadOnlySpan<byte> data)
    {
        var pax = new PaxRecords();
        while (data.Length > 0)
        {
            var space = data.IndexOf((byte)' ');
            if (
                space is < 1 or > 8
                || !int.TryParse(data[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1
                || length > data.Length
                || data[length - 1] != '\n'
            )
                throw TarBlock.Invalid();
            pax.Add(data[(space + 1)..(length - 1)]);
            data = data[length..];
        }
        return pax;
    }

    void Add(ReadOnlySpan<byte> record)
    {
        var equals = record.IndexOf((byte)'=');
        if (equals < 1)
            throw TarBlock.Invalid();
        var (key, value) = (PathText.Decode(record[..equals]), record[(equals + 1)..].ToArray());
        if (key is "GNU.sparse.offset" or "GNU.sparse.numbytes")
            SparsePairs.Add(Integer(value));
        else if (value.Length == 0)
            _records.Remove(key);
        else
            _records[key] = value;
    }

    /// <summary>A name; a NUL in it would cut it short: refused.</summary>
    internal string? Text(string key)
    {
        if (!_records.TryGetValue(key, out var value))
            return null;
        return value.AsSpan().Contains((byte)0) ? throw TarBlock.Invalid() : PathText.Decode(value);
    }

    internal long? Number(string key) => _records.TryGetValue(key, out var value) ? Integer(value) : null;

    /// <summary>Decimal seconds with any number of fraction digits; more than nine are cut.</summary>
    internal FileTime? Time(string key)
    {
        if (!_records.TryGetValue(key, out var value))
            return null;
        var text = Encoding.Latin1.GetString(value);
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (
            !long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || fraction.AsSpan().ContainsAnyExceptInRange('0', '9')
        )
            throw TarBlock.Invalid();
        var nanoseconds = uint.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture);
        // -1.5 is one and a half seconds before the epoch; the kernel wants the nanoseconds positive.
        return text[0] == '-' && nanoseconds > 0
            ? new FileTime(seconds - 1, 1_000_000_000 - nanoseconds)
            : new FileTime(seconds, nanoseconds);
    }

    internal IReadOnlyDictionary<string, byte[]>? Xattrs()
    {
        Dictionary<string, byte[]>? xattrs = null;
        foreach (var (key, value) in _records)
        {
            if (key.StartsWith(XattrPrefix, StringComparison.Ordinal))
                (xattrs ??= [])[key[XattrPrefix.Length..]] = value;
        }
        return xattrs;
    }

    static long Integer(byte[] value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw TarBlock.Invalid();
}
