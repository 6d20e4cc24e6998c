using System.Runtime.CompilerServices;

namespace Pier.UnitTests.Linux;

/// <summary>Golden files under tests/golden; PIER_GOLDEN=write writes them anew.</summary>
static class GoldenBytes
{
    public static void Check(string name, string actual, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "../../golden", name);
        if (Environment.GetEnvironmentVariable("PIER_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
