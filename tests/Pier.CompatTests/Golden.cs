namespace Pier.CompatTests;

/// <summary>Files of the repository that tests write (PIER_GOLDEN=write) and otherwise hold them to.</summary>
static class Golden
{
    public static void Check(string path, string text)
    {
        var file = Path.Combine(Repository(), path);
        if (Environment.GetEnvironmentVariable("PIER_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", text);
    }

    public static string Repository()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Directory.Packages.props")))
            directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
