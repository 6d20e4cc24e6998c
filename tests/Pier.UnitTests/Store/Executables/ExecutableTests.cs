using System.Buffers.Binary;
using System.Security.Cryptography;
using Pier.Store.Executables;
using Pier.Store.HelloWorld;

namespace Pier.UnitTests.Store.Executables;

public class ExecutableTests
{
    [Fact]
    public void An_executable_is_one_segment_entered_at_its_code()
    {
        var file = ElfFile.Write(ElfFile.MachineX64, [0x90, 0xC3], "data"u8);
        Assert.Equal("\x7f" + "ELF", System.Text.Encoding.ASCII.GetString(file, 0, 4));
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(16))); // ET_EXEC
        Assert.Equal(62, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(18))); // EM_X86_64
        var entry = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(24));
        var segment = file.AsSpan((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(32)));
        var address = BinaryPrimitives.ReadUInt64LittleEndian(segment[16..]);
        Assert.Equal((ulong)file.Length, BinaryPrimitives.ReadUInt64LittleEndian(segment[32..]));
        Assert.Equal([0x90, 0xC3, .. "data"u8], file[(int)(entry - address)..]);
    }

    // Its bytes decide the id of the hello-world image, which is the same on every machine and in every version.
    [Theory]
    [InlineData("amd64", "f68910828854cc1cd601f174d4bd9a04ffb7bb0f1be511b46809d909153e8050")]
    [InlineData("arm64", "f60dffa580bc32091341d48bfb7856731c100911b422358c9e649b004ae9ae66")]
    public void The_greeter_never_changes(string architecture, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(ElfGreeter.Build(architecture, "hello\n"u8)!)));

    [Fact]
    public void The_init_program_is_small_and_always_the_same()
    {
        var program = InitProgram.Build();
        Assert.InRange(program.Length, 500, 4096);
        Assert.Equal(program, InitProgram.Build());
    }
}
