using System.Buffers.Binary;

namespace Pier.Store.Executables;

/// <summary>
/// Makes a static ELF executable of one readable and executable segment: an ELF header, one program header, machine code that is
/// entered at its first byte, and data after it (System V gABI, chapters 4 and 5).
/// </summary>
static class ElfFile
{
    internal const ushort MachineX64 = 62,
        MachineArm64 = 183;

    const int HeaderSize = 64,
        ProgramHeaderSize = 56,
        CodeOffset = HeaderSize + ProgramHeaderSize;
    const ulong LoadAddress = 0x400000;

    /// <summary>The file's bytes. <paramref name="machine"/> is e_machine; code and data must not depend on their addresses.</summary>
    internal static byte[] Write(ushort machine, ReadOnlySpan<byte> code, ReadOnlySpan<byte> data)
    {
        var file = new byte[CodeOffset + code.Length + data.Length];
        WriteHeader(file, machine);
        WriteProgramHeader(file.AsSpan(HeaderSize), (ulong)file.Length);
        code.CopyTo(file.AsSpan(CodeOffset));
        data.CopyTo(file.AsSpan(CodeOffset + code.Length));
        return file;
    }

    static void WriteHeader(Span<byte> at, ushort machine)
    {
        // 0x7F ELF, 64 bits, little endian, version 1.
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(at);
        BinaryPrimitives.WriteUInt16LittleEndian(at[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(at[18..], machine);
        BinaryPrimitives.WriteUInt32LittleEndian(at[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], LoadAddress + CodeOffset); // entry point
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], HeaderSize); // where the program headers are
        BinaryPrimitives.WriteUInt16LittleEndian(at[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(at[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(at[56..], 1); // one program header
        BinaryPrimitives.WriteUInt16LittleEndian(at[58..], 64); // size of a section header, of which there are none
    }

    static void WriteProgramHeader(Span<byte> at, ulong length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], 5); // readable, executable
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], length);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], length);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], 0x1000); // alignment: a page
    }
}
