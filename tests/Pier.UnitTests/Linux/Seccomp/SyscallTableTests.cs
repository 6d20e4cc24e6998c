using System.Diagnostics;
using System.Globalization;
using Pier.Linux;
using Pier.Linux.Seccomp;

namespace Pier.UnitTests.Linux.Seccomp;

/// <summary>The embedded table against the kernel headers of this machine, through the C compiler.</summary>
public class SyscallTableTests
{
    [SkippableTheory]
    [InlineData(SeccompAbi.X64, "asm/unistd_64.h", 0)]
    [InlineData(SeccompAbi.I386, "asm/unistd_32.h", 0)]
    [InlineData(SeccompAbi.X32, "asm/unistd_x32.h", 0x40000000)]
    public void Numbers_are_the_headers(SeccompAbi abi, string header, int bit)
    {
        Skip.If(!File.Exists("/usr/bin/gcc"), "no gcc");
        foreach (var (name, number) in Header(header))
            Assert.Equal((name, number - bit), (name, SeccompSyscalls.Known.Number(name, abi)));
    }

    [Fact]
    public void Launch_programs_use_the_same_numbers()
    {
        foreach (var call in Enum.GetValues<Syscall>())
        {
            Assert.Equal(
                (call, SeccompSyscalls.Known.Number(SyscallTable.Spell(call), SeccompAbi.X64)),
                (call, SyscallTable.Number(call, System.Runtime.InteropServices.Architecture.X64))
            );
            Assert.Equal(
                (call, SeccompSyscalls.Known.Number(SyscallTable.Spell(call), SeccompAbi.Arm64)),
                (call, SyscallTable.Number(call, System.Runtime.InteropServices.Architecture.Arm64))
            );
        }
    }

    static List<(string Name, int Number)> Header(string header)
    {
        using var gcc = Process.Start(
            new ProcessStartInfo("gcc", "-E -dM -D__X32_SYSCALL_BIT=0x40000000 -")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        gcc.StandardInput.WriteLine($"#include <{header}>");
        gcc.StandardInput.Close();
        var found = new List<(string, int)>();
        while (gcc.StandardOutput.ReadLine() is { } line)
        {
            var words = line.Split(' ', 3);
            if (words.Length != 3 || !words[1].StartsWith("__NR_", StringComparison.Ordinal))
                continue;
            var value = words[2].Replace("(__X32_SYSCALL_BIT + ", "").TrimEnd(')');
            var bit = words[2].Contains("X32") ? 0x40000000 : 0;
            if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                found.Add((words[1][5..], number + bit));
        }
        gcc.WaitForExit();
        Assert.NotEmpty(found);
        return found;
    }
}
