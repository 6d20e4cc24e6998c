namespace Pier.Cli.Contexts;

/// <summary>
/// The contexts below the configuration directory, as Docker's client keeps them: contexts/meta/DIGEST/meta.json and
/// contexts/tls/DIGEST/ENDPOINT/FILE, where DIGEST is the digest of the context's name.
/// </summary>
sealed class ContextStore(string directory)
{
    const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode PublicDirectory = Public | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    const UnixFileMode PrivateDirectory = Private | UnixFileMode.UserExecute;

    string Root => Path.Combine(directory, "contexts");

    /// <summary>The directory of a context's meta.json.</summary>
    public string MetadataPath(string name) => Path.Combine(Root, "meta", ContextName.Digest(name));

    /// <summary>The directory of a context's TLS files; it need not be there.</summary>
    public string TlsPath(string name) => Path.Combine(Root, "tls", ContextName.Digest(name));

    public bool Exists(string name) => File.Exists(FileOf(name));

    /// <summary>Throws Docker's "context not found".</summary>
    public ContextRecord Read(string name)
    {
        var path = FileOf(name);
        return File.Exists(path)
            ? ReadFile(path)
            : throw new CliFailure($"context \"{name}\": context not found: open {path}: no such file or directory");
    }

    /// <summary>Every context, in no order.</summary>
    public List<ContextRecord> List()
    {
        var meta = Path.Combine(Root, "meta");
        var found = new List<ContextRecord>();
        if (!Directory.Exists(meta))
            return found;
        foreach (var entry in Directory.GetDirectories(meta))
            if (Path.Combine(entry, "meta.json") is var path && File.Exists(path))
                found.Add(ReadFile(path));
        return found;
    }

    /// <summary>Writes meta.json, whole or not at all.</summary>
    public void Write(ContextRecord context)
    {
        var path = FileOf(context.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, PublicDirectory);
        var temporary = $"{path}.{Environment.ProcessId}";
        WriteFile(temporary, context.ToJson(), Public);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>A context's TLS files with their contents, by endpoint and name.</summary>
    public List<TlsFile> ReadTls(string name)
    {
        var files = new List<TlsFile>();
        var root = TlsPath(name);
        if (!Directory.Exists(root))
            return files;
        foreach (var endpoint in Directory.GetDirectories(root).Order(StringComparer.Ordinal))
        foreach (var file in Directory.GetFiles(endpoint).Order(StringComparer.Ordinal))
            files.Add(new TlsFile(Path.GetFileName(endpoint), Path.GetFileName(file), File.ReadAllBytes(file)));
        return files;
    }

    /// <summary>Puts a context's TLS files in the place of those it had.</summary>
    public void WriteTls(string name, IReadOnlyList<TlsFile> files)
    {
        var root = TlsPath(name);
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
        foreach (var file in files)
        {
            // One by one: the mode is only that of the last one made.
            var endpoint = Path.Combine(root, file.Endpoint);
            foreach (var made in (string[])[Path.GetDirectoryName(root)!, root, endpoint])
                Directory.CreateDirectory(made, PrivateDirectory);
            WriteFile(Path.Combine(endpoint, file.Name), file.Content, Private);
        }
    }

    public void Remove(string name)
    {
        foreach (var path in (string[])[MetadataPath(name), TlsPath(name)])
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
    }

    string FileOf(string name) => Path.Combine(MetadataPath(name), "meta.json");

    static ContextRecord ReadFile(string path)
    {
        try
        {
            return ContextRecord.Parse(File.ReadAllBytes(path));
        }
        catch (InvalidDataException e)
        {
            throw new CliFailure($"parsing {path}: {e.Message}");
        }
    }

    static void WriteFile(string path, byte[] content, UnixFileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        };
        using var file = new FileStream(path, options);
        file.Write(content);
    }
}
