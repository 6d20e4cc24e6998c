namespace Pier.Linux.Nftables;

/// <summary>
/// A component of a set's key or a map's value: nft's data type (its numbers are nft's own, the kernel only stores them) and its
/// length in bytes. In a concatenation every component starts at a multiple of 4.
/// </summary>
public readonly record struct NftField(uint Type, int Length)
{
    public static readonly NftField Ipv4Address = new(7, 4);
    public static readonly NftField Ipv6Address = new(8, 16);
    public static readonly NftField Protocol = new(12, 1);
    public static readonly NftField Service = new(13, 2);
    public static readonly NftField InterfaceName = new(41, 16);

    /// <summary>Bits of one type number in the number of a concatenation (nft: TYPE_BITS).</summary>
    const int TypeBits = 6;

    internal static uint TypeOf(ReadOnlySpan<NftField> fields)
    {
        uint type = 0;
        foreach (var field in fields)
            type = type << TypeBits | field.Type;
        return type;
    }

    internal static int LengthOf(ReadOnlySpan<NftField> fields)
    {
        if (fields.Length == 0)
            return 0;
        if (fields.Length == 1)
            return fields[0].Length;
        var length = 0;
        foreach (var field in fields)
            length += Align(field.Length);
        return length;
    }

    internal static int Align(int length) => (length + 3) & ~3;
}

/// <summary>A named map, or a set where the value has no field: what its keys and values are made of.</summary>
/// <param name="Name">Name in its table.</param>
/// <param name="Key">Fields of a key.</param>
/// <param name="Value">Fields of a value.</param>
/// <param name="Interval">Keys are ranges: an element each for the first key and for the one after the last.</param>
public sealed record NftMap(string Name, NftField[] Key, NftField[] Value, bool Interval = false)
{
    /// <summary>A set.</summary>
    public NftMap(string name, NftField[] key, bool interval = false)
        : this(name, key, [], interval) { }

    public bool IsSet => Value.Length == 0;

    /// <summary>Bytes of a key.</summary>
    public int KeyLength => NftField.LengthOf(Key);

    /// <summary>Bytes of a value.</summary>
    public int ValueLength => NftField.LengthOf(Value);

    /// <summary>Lays components out as a key.</summary>
    public byte[] PackKey(params ReadOnlySpan<byte[]> components) => Pack(Key, components);

    /// <summary>Lays components out as a value.</summary>
    public byte[] PackValue(params ReadOnlySpan<byte[]> components) => Pack(Value, components);

    static byte[] Pack(NftField[] fields, ReadOnlySpan<byte[]> components)
    {
        if (components.Length != fields.Length)
            throw new ArgumentException($"{fields.Length} components are needed");
        var packed = new byte[NftField.LengthOf(fields)];
        var at = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            if (components[i].Length != fields[i].Length)
                throw new ArgumentException($"component {i} has {fields[i].Length} bytes");
            components[i].CopyTo(packed, at);
            at += NftField.Align(fields[i].Length);
        }

        return packed;
    }
}
