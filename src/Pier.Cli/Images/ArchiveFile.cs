namespace Pier.Cli.Images;

/// <summary>Opens an archive for upload, with the errors that Docker's users know.</summary>
static class ArchiveFile
{
    public static Stream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliFailure($"open {path}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliFailure($"open {path}: {(Directory.Exists(path) ? "is a directory" : "permission denied")}");
        }
    }
}
