using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Pier.Linux.Launch;

/// <summary>
/// The wire form of a program: little-endian, versioned, without subjects (they stay with the compiler's side).
/// magic u32, clone flags u64, counts of ops, data bytes, relocations, slots, imports (i32 each), then the ops (72 bytes each),
/// pointer masks, relocations (i32), imports (u16 length, UTF-8), data.
/// </summary>
public static class LaunchProgramCodec
{
    const uint Magic = 0x314d4c50; // "PLM1"
    const int HeaderSize = 4 + 8 + 5 * 4;
    const int MaxImportName = 255;

    /// <summary>Upper bound of an encoded program's size in bytes.</summary>
    public const int MaxSize =
        HeaderSize
        + ProgramBuilder.MaxOps * 73
        + ProgramBuilder.MaxData / 2
        + ProgramBuilder.MaxData
        + ProgramBuilder.MaxSlots * (MaxImportName + 2);

    /// <summary>Encodes a program.</summary>
    public static byte[] Encode(LaunchProgram program)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(program.CloneFlags);
        writer.Write(program.Ops.Count);
        writer.Write(program.Data.Length);
        writer.Write(program.DataRelocations.Count);
        writer.Write(program.SlotCount);
        writer.Write(program.Imports.Count);
        foreach (var op in program.Ops)
            writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Op>(in op)));
        foreach (var mask in program.PointerMasks)
            writer.Write(mask);
        foreach (var relocation in program.DataRelocations)
            writer.Write(relocation);
        foreach (var import in program.Imports)
        {
            var name = Encoding.UTF8.GetBytes(import);
            if (name.Length > MaxImportName)
                throw new ArgumentException($"import {import}: name is longer than {MaxImportName} bytes");
            writer.Write((ushort)name.Length);
            writer.Write(name);
        }
        writer.Write(program.Data.Span);
        return stream.ToArray();
    }

    /// <summary>Decodes and verifies a program. Throws <see cref="InvalidDataException"/> for anything malformed.</summary>
    public static unsafe LaunchProgram Decode(ReadOnlySpan<byte> wire)
    {
        var reader = new Reader(wire);
        if ((uint)reader.Int() != Magic)
            throw new InvalidDataException("launch program: not a program of this version");
        var flags = BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8));
        var ops = new Op[reader.Count(ProgramBuilder.MaxOps)];
        var dataSize = reader.Count(ProgramBuilder.MaxData);
        var relocations = new int[reader.Count(ProgramBuilder.MaxData / 8)];
        var slots = reader.Count(ProgramBuilder.MaxSlots);
        var imports = new string[reader.Count(slots)];
        reader.Take(ops.Length * sizeof(Op)).CopyTo(MemoryMarshal.AsBytes(ops.AsSpan()));
        var masks = reader.Take(ops.Length).ToArray();
        for (var i = 0; i < relocations.Length; i++)
            relocations[i] = reader.Int();
        for (var i = 0; i < imports.Length; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(reader.Take(2));
            if (length > MaxImportName)
                throw new InvalidDataException("launch program: bad import name");
            imports[i] = Encoding.UTF8.GetString(reader.Take(length));
        }
        var data = reader.Take(dataSize).ToArray();
        reader.End();
        var program = new LaunchProgram(ops, data, relocations, masks, imports, slots, flags, []);
        ProgramVerifier.Check(program);
        return program;
    }

    ref struct Reader(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> _rest = rest;

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > _rest.Length)
                throw new InvalidDataException("launch program: cut short");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        public int Count(int max) =>
            Int() is var count && count >= 0 && count <= max ? count : throw new InvalidDataException("launch program: bad count");

        public readonly void End()
        {
            if (_rest.Length != 0)
                throw new InvalidDataException("launch program: bytes after the end");
        }
    }
}
