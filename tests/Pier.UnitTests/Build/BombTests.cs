using System.Diagnostics;
using System.Text;
using Pier.Build.Dockerfiles;
using Pier.Model.Builds;

namespace Pier.UnitTests.Build;

/// <summary>Small files that ask for a lot (attack cases, 56): an error, soon, without much memory.</summary>
public class BombTests
{
    static string Repeat(int times, Func<int, string> line) => string.Concat(Enumerable.Range(0, times).Select(line));

    public static TheoryData<string> Bombs() =>
        [
            "doubling",
            "labels",
            "ports",
            "environment",
            "continuation",
            "heredocs",
            "instructions",
            "long line",
            "triggers",
            "patterns",
            "args",
            "file",
        ];

    static string Text(string name) =>
        "FROM b\n"
        + name switch
        {
            "doubling" => "ENV A=0123456789\n" + Repeat(40, _ => "ENV A=$A$A\n"),
            "labels" => Repeat(4000, i => $"LABEL {string.Join(' ', Enumerable.Range(0, 50).Select(j => $"l{i}x{j}=1"))}\n"),
            "ports" => Repeat(4000, i => $"EXPOSE 1-65535/{(i % 2 == 0 ? "tcp" : "udp")}\n"),
            "environment" => Repeat(4000, i => $"ENV {string.Join(' ', Enumerable.Range(0, 50).Select(j => $"e{i}x{j}=1"))}\n"),
            "continuation" => "RUN " + Repeat(60, _ => new string('a', 60_000) + "\\\n") + "\nRUN " + Repeat(200_000, _ => "a\\\n\n"),
            "heredocs" => "RUN " + Repeat(5000, i => $"<<E{i} ") + "\n",
            "instructions" => Repeat(6000, _ => "RUN a\n"),
            "long line" => "RUN " + new string('a', 70_000),
            "triggers" => Repeat(4900, _ => $"ONBUILD RUN {new string('x', 100)}\n"),
            "patterns" => $"ENV A={new string('a', 60_000)}\n" + Repeat(4000, _ => "ENV B=${A//*a*a*a*a*a*a*a*a*b/x}\n"),
            "args" => Repeat(100, i => $"ARG A{i}={new string('a', 1000)}\n") + Repeat(4800, _ => "RUN a\n"),
            _ => new string('#', DockerfileLimits.FileBytes),
        };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void End_soon_and_small(string name)
    {
        var text = Text(name);
        var before = GC.GetTotalMemory(true);
        var watch = Stopwatch.StartNew();
        object? result = null;
        try
        {
            result = Planning.Of(text);
        }
        catch (DockerfileException e)
        {
            Assert.NotEqual("", e.Message);
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{name}: {watch.Elapsed}");
        Assert.True(GC.GetTotalMemory(true) - before < 600L << 20, $"{name}: {GC.GetTotalMemory(false) - before} bytes");
        GC.KeepAlive(result);
    }
}
