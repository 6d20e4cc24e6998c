using Microsoft.Win32.SafeHandles;
using Pier.Linux.Launch;

namespace Pier.UnitTests.Linux.Launch;

public class LaunchProgramCodecTests
{
    [Fact]
    public void A_program_comes_back_as_it_was_but_for_its_subjects()
    {
        var program = SamplePrograms.Everything();
        var decoded = LaunchProgramCodec.Decode(LaunchProgramCodec.Encode(program));
        Assert.Equal(LaunchProgramCodec.Encode(program), LaunchProgramCodec.Encode(decoded));
        Assert.Equal(program.CloneFlags, decoded.CloneFlags);
        Assert.Equal(program.Imports, decoded.Imports);
        Assert.Empty(decoded.Subjects);
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        var wire = LaunchProgramCodec.Encode(SamplePrograms.Everything());
        for (var length = 0; length < wire.Length; length++)
        {
            var cut = wire[..length];
            Assert.Throws<InvalidDataException>(() => LaunchProgramCodec.Decode(cut));
        }
        Assert.Throws<InvalidDataException>(() => LaunchProgramCodec.Decode([.. wire, 0]));
    }

    /// <summary>Whatever the bytes: refused, or a program within its bounds that can be loaded (CVE-2021-43784).</summary>
    [Fact]
    public void Mutated_bytes_never_get_out_of_bounds()
    {
        var wire = LaunchProgramCodec.Encode(SamplePrograms.Everything());
        var random = new Random(20260101);
        var accepted = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = (byte[])wire.Clone();
            for (var n = random.Next(1, 5); n > 0; n--)
                mutated[random.Next(i % 2 == 0 ? 40 : mutated.Length)] = (byte)(
                    random.Next(3) switch
                    {
                        0 => 0xff,
                        1 => 0x80,
                        _ => random.Next(256),
                    }
                );
            LaunchProgram program;
            try
            {
                program = LaunchProgramCodec.Decode(mutated);
            }
            catch (InvalidDataException)
            {
                continue;
            }
            accepted++;
            AssertInBounds(program);
            using var closed = new SafeFileHandle(-1, false);
            using var loaded = new LoadedProgram(program, [.. program.Imports.Select(_ => closed)]);
        }
        Assert.InRange(accepted, 1, 19_999);
    }

    static unsafe void AssertInBounds(LaunchProgram program)
    {
        for (var i = 0; i < program.Ops.Count; i++)
        {
            var op = program.Ops[i];
            Assert.InRange(op.Result, -1, program.SlotCount - 1);
            if (op.Number is OpCode.Jump or OpCode.Clone || op.OnError == (byte)OnError.Jump)
                Assert.InRange(op.Target, i + 1, program.Ops.Count - 1);
            for (var a = 0; a < 6; a++)
            {
                if ((op.References >> a & 1) != 0)
                    Assert.InRange(op.Args[a], 0, program.SlotCount - 1);
                if ((program.PointerMasks[i] >> a & 1) != 0)
                    Assert.InRange(op.Args[a], 0, program.Data.Length - 1);
            }
        }
        foreach (var at in program.DataRelocations)
            Assert.InRange(BitConverter.ToInt64(program.Data.Span[at..]), 0, program.Data.Length - 1);
    }
}
