using System.Diagnostics;
using System.Globalization;

namespace Pier.UnitTests.Linux.Abi;

/// <summary>Constants, sizes and offsets of the Linux room, checked by the C compiler of this machine.</summary>
public class AbiTests
{
    public static IEnumerable<object[]> Tables() =>
        typeof(AbiTests)
            .Assembly.GetTypes()
            .Where(t => t.IsClass && typeof(IAbiRows).IsAssignableFrom(t))
            .Select(t => new object[] { t.Name, t });

    [SkippableTheory]
    [MemberData(nameof(Tables))]
    public void The_compiler_agrees(string name, Type type)
    {
        Skip.IfNot(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        var table = (IAbiRows)Activator.CreateInstance(type)!;
        var rows = table.Rows.ToArray();
        var directory = Directory.CreateTempSubdirectory($"pier-abi-{name}-");
        try
        {
            var source = Path.Combine(directory.FullName, "abi.c");
            var program = Path.Combine(directory.FullName, "abi");
            File.WriteAllLines(
                source,
                [
                    "#define _GNU_SOURCE",
                    "#include <stdio.h>",
                    "#include <stddef.h>",
                    .. table.Headers.Select(h => $"#include <{h}>"),
                    "int main(void) {",
                    .. rows.Select(r => $"printf(\"%lld\\n\", (long long)({r.Expression}));"),
                    "return 0; }",
                ]
            );
            Assert.Equal("", Run("gcc", "-o", program, source));
            var values = Run(program)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => long.Parse(l, CultureInfo.InvariantCulture))
                .ToArray();
            Assert.Equal(rows.Select(r => $"{r.Expression} = {r.Value}"), rows.Zip(values, (r, v) => $"{r.Expression} = {v}"));
        }
        finally
        {
            directory.Delete(true);
        }
    }

    static string Run(string command, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text + error.Result;
    }
}
