using System.Globalization;

namespace Pier.Linux.Seccomp;

/// <summary>An instruction set as a filter sees it: the audit architecture and, for x32, a bit in the number.</summary>
public enum SeccompAbi
{
    X64,
    X32,
    I386,
    Arm64,
}

/// <summary>Names and numbers of every system call, by ABI, from the table that is embedded in this assembly.</summary>
public sealed class SeccompSyscalls
{
    readonly Dictionary<string, int[]> _numbers = [];

    SeccompSyscalls(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var fields = line.Split(' ');
            // Column order of the file: x86_64 i386 x32 arm64; of the array: as the enumeration.
            _numbers.Add(fields[0], [Number(fields[1]), Number(fields[3]), Number(fields[2]), Number(fields[4])]);
        }
    }

    /// <summary>The numbers that the kernel's headers gave when the table was made.</summary>
    public static SeccompSyscalls Known { get; } =
        new(
            new StreamReader(
                typeof(SeccompSyscalls).Assembly.GetManifestResourceStream("Pier.Linux.Seccomp.syscalls.txt")
                    ?? throw new InvalidOperationException("the system call table is not embedded")
            )
        );

    public IEnumerable<string> Names => _numbers.Keys;

    /// <summary>The number, for x32 without its bit; -1 where the ABI does not have the call.</summary>
    public int Number(string name, SeccompAbi abi) => _numbers.TryGetValue(name, out var numbers) ? numbers[(int)abi] : -1;

    static int Number(string text) => text == "-" ? -1 : int.Parse(text, CultureInfo.InvariantCulture);
}
