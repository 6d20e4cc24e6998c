namespace Pier.CompatTests.Builds;

/// <summary>A directory to build from, gone with the test.</summary>
sealed class BuildFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pier-build-").FullName;

    /// <summary>Writes a file, with the directories above it.</summary>
    public BuildFolder Add(string name, string text, int mode = 0x1A4)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        return this;
    }

    public BuildFolder Link(string name, string target)
    {
        File.CreateSymbolicLink(System.IO.Path.Combine(Path, name), target);
        return this;
    }

    public BuildFolder Dockerfile(string text) => Add("Dockerfile", text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
