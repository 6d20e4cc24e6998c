namespace Pier.Cli.Contexts;

/// <summary>Files that a command line names, with errors as Docker's users know them.</summary>
static class ContextFiles
{
    /// <summary>A file's whole content.</summary>
    public static byte[] Read(string path)
    {
        using var file = Open(path);
        using var whole = new MemoryStream();
        file.CopyTo(whole);
        return whole.ToArray();
    }

    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new CliFailure($"read {path}: is a directory");
        return At(path, () => new FileStream(path, FileMode.Open, FileAccess.Read));
    }

    /// <summary>A new file that only its owner can read; one that is there already is refused.</summary>
    public static FileStream Create(string path)
    {
        if (File.Exists(path) || Directory.Exists(path))
            throw new CliFailure($"open {path}: file exists");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        return At(path, () => new FileStream(path, options));
    }

    static FileStream At(string path, Func<FileStream> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliFailure($"open {path}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliFailure($"open {path}: permission denied");
        }
    }
}
