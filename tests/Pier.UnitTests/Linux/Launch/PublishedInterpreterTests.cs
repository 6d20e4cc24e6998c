using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Pier.UnitTests.Linux.Launch;

/// <summary>The same promise, kept by the machine code that is shipped.</summary>
public partial class PublishedInterpreterTests
{
    [SkippableFact]
    public void Its_machine_code_makes_indirect_calls_only()
    {
        var binary = Environment.GetEnvironmentVariable("PIER_BINARY");
        Skip.If(string.IsNullOrEmpty(binary) || !File.Exists(binary), "PIER_BINARY names no published binary");
        var symbols = File.Exists(binary + ".dbg") ? binary + ".dbg" : binary!;
        var symbol = Output("nm", symbols).Split('\n').FirstOrDefault(l => l.Contains("Launch_Interpreter__Run", StringComparison.Ordinal));
        Skip.If(symbol is null, "the binary has no symbols");
        var start = Convert.ToUInt64(symbol!.Split(' ')[0], 16);
        // Symbols of NativeAOT have no size everywhere: the method ends where the next symbol begins.
        var end = Output("nm", "-n", symbols)
            .Split('\n')
            .Where(l => l.Length > 17 && l[17] is 't' or 'T')
            .Select(l => Convert.ToUInt64(l[..16], 16))
            .First(a => a > start);
        var code = Output("objdump", "-d", $"--start-address=0x{start:x}", $"--stop-address=0x{end:x}", binary!);
        var calls = Calls().Matches(code).Select(m => m.Value).ToArray();
        Assert.NotEmpty(calls);
        Assert.All(calls, c => Assert.Contains('*', c));
        Assert.DoesNotContain("Rhp", code);
    }

    [GeneratedRegex(@"\b(call|jmp\s+\*)\b.*")]
    private static partial Regex Calls();

    static string Output(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
