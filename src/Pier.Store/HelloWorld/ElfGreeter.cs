using System.Buffers.Binary;

namespace Pier.Store.HelloWorld;

/// <summary>
/// A static ELF executable that writes a text to its standard output and exits with 0: an ELF header, one program header and a dozen
/// instructions (System V ABI, gABI chapters 4 and 5; psABI of x86-64 and arm64).
/// </summary>
static class ElfGreeter
{
    const int HeaderSize = 64, ProgramHeaderSize = 56, CodeOffset = HeaderSize + ProgramHeaderSize;
    const ulong LoadAddress = 0x400000;
    const ushort MachineX64 = 62, MachineArm64 = 183;

    /// <summary>Architecture in OCI's words; null where the machine's code is not known.</summary>
    internal static byte[]? Build(string architecture, ReadOnlySpan<byte> text) => architecture switch
    {
        "amd64" => Assemble(MachineX64, X64(text.Length), text),
        "arm64" => Assemble(MachineArm64, Arm64(text.Length), text),
        _ => null,
    };

    static byte[] Assemble(ushort machine, byte[] code, ReadOnlySpan<byte> text)
    {
        var file = new byte[CodeOffset + code.Length + text.Length];
        WriteHeader(file, machine);
        WriteProgramHeader(file.AsSpan(HeaderSize), (ulong)file.Length);
        code.CopyTo(file, CodeOffset);
        text.CopyTo(file.AsSpan(CodeOffset + code.Length));
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

    static byte[] X64(int length)
    {
        byte[] code =
        [
            0xBF, 1, 0, 0, 0, // mov edi, 1       standard output
            0x48, 0x8D, 0x35, 0, 0, 0, 0, // lea rsi, [rip + ?]  the text
            0xBA, 0, 0, 0, 0, // mov edx, ?       its length
            0xB8, 1, 0, 0, 0, // mov eax, 1       write
            0x0F, 0x05, // syscall
            0x31, 0xFF, // xor edi, edi
            0xB8, 231, 0, 0, 0, // mov eax, 231     exit_group
            0x0F, 0x05, // syscall
        ];
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(8), code.Length - 12);
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(13), length);
        return code;
    }

    static byte[] Arm64(int length)
    {
        if (length > ushort.MaxValue) throw new ArgumentOutOfRangeException(nameof(length));
        const int textAfter = 8 * 4, adrAt = 4;
        uint[] code =
        [
            0xD2800020, // mov x0, #1    standard output
            0x10000001 | ((textAfter - adrAt) / 4 << 5), // adr x1, text
            0xD2800002 | ((uint)length << 5), // mov x2, #length
            0xD2800808, // mov x8, #64   write
            0xD4000001, // svc #0
            0xD2800000, // mov x0, #0
            0xD2800BC8, // mov x8, #94   exit_group
            0xD4000001, // svc #0
        ];
        var bytes = new byte[textAfter];
        for (var i = 0; i < code.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), code[i]);
        return bytes;
    }
}
