using System.Buffers.Binary;
using Pier.Store.Executables;

namespace Pier.Store.HelloWorld;

/// <summary>
/// A static ELF executable that writes a text to its standard output and exits with 0: a dozen instructions (psABI of x86-64 and
/// arm64 for the calling conventions of the kernel).
/// </summary>
static class ElfGreeter
{
    /// <summary>Architecture in OCI's words; null where the machine's code is not known.</summary>
    internal static byte[]? Build(string architecture, ReadOnlySpan<byte> text) =>
        architecture switch
        {
            "amd64" => ElfFile.Write(ElfFile.MachineX64, X64(text.Length), text),
            "arm64" => ElfFile.Write(ElfFile.MachineArm64, Arm64(text.Length), text),
            _ => null,
        };

    static byte[] X64(int length)
    {
        byte[] code =
        [
            0xBF,
            1,
            0,
            0,
            0, // mov edi, 1       standard output
            0x48,
            0x8D,
            0x35,
            0,
            0,
            0,
            0, // lea rsi, [rip + ?]  the text
            0xBA,
            0,
            0,
            0,
            0, // mov edx, ?       its length
            0xB8,
            1,
            0,
            0,
            0, // mov eax, 1       write
            0x0F,
            0x05, // syscall
            0x31,
            0xFF, // xor edi, edi
            0xB8,
            231,
            0,
            0,
            0, // mov eax, 231     exit_group
            0x0F,
            0x05, // syscall
        ];
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(8), code.Length - 12);
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(13), length);
        return code;
    }

    static byte[] Arm64(int length)
    {
        if (length > ushort.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(length));
        const int textAfter = 8 * 4,
            adrAt = 4;
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
        for (var i = 0; i < code.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), code[i]);
        return bytes;
    }
}
