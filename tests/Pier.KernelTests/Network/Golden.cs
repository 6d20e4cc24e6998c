using System.Runtime.CompilerServices;

namespace Pier.KernelTests.Network;

/// <summary>Golden files under tests/golden; PIER_GOLDEN=write writes them anew.</summary>
static class Golden
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
