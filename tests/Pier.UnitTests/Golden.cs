namespace Pier.UnitTests;

/// <summary>Golden files under tests/golden; PIER_GOLDEN=write writes them anew.</summary>
static class Golden
{
    public static void Check(string name, string actual)
    {
        var path = Repository.Path($"tests/golden/{name}");
        if (Environment.GetEnvironmentVariable("PIER_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
