using System.Formats.Tar;
using System.Security.Cryptography;
using Pier.Model.Builds;
using Pier.Model.Streams;

namespace Pier.Cli.Builds;

/// <summary>
/// A directory as the tar of a build context, without what .dockerignore names. Everything is root's: who owns a file here is nobody's
/// business there.
/// </summary>
sealed class ContextArchive(string? root)
{
    readonly HashSet<string> _kept = new(StringComparer.Ordinal) { ".dockerignore" };
    readonly List<(string Name, byte[] Content)> _extra = [];

    /// <summary>Told how many bytes were written.</summary>
    public Action<long>? Written { get; set; }

    /// <summary>A file that is sent whatever .dockerignore says.</summary>
    public void Keep(string path) => _kept.Add(path);

    /// <summary>A Dockerfile that is not in the directory, or not there under this name; the answer is its name in the archive.</summary>
    public string AddDockerfile(byte[] content)
    {
        var name = ".dockerfile." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
        _extra.Add((name, content));
        return name;
    }

    public void Write(Stream output)
    {
        var counted = new CountingStream(output);
        using (var tar = new TarWriter(counted, TarEntryFormat.Pax, leaveOpen: true))
        {
            if (root is not null)
                WriteDirectory(tar, root, "", Ignored());
            foreach (var (name, content) in _extra)
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, name)
                    {
                        Mode = (UnixFileMode)0x180,
                        ModificationTime = DateTimeOffset.UnixEpoch,
                        DataStream = new MemoryStream(content),
                    }
                );
        }
        Written?.Invoke(counted.Count);
    }

    // Dockerfile.dockerignore takes the place of .dockerignore.
    IgnoreMatcher Ignored()
    {
        var own = _kept.FirstOrDefault(k => k != ".dockerignore");
        foreach (var file in new[] { own is null ? null : own + ".dockerignore", ".dockerignore" })
        {
            if (file is null || !File.Exists(Path.Combine(root!, file)))
                continue;
            _kept.Add(file);
            return new IgnoreMatcher(IgnoreFile.Parse(File.ReadAllBytes(Path.Combine(root!, file))));
        }
        return new IgnoreMatcher([]);
    }

    void WriteDirectory(TarWriter tar, string directory, string prefix, IgnoreMatcher ignored)
    {
        foreach (var child in new DirectoryInfo(directory).EnumerateFileSystemInfos().OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            var name = prefix + child.Name;
            var isDirectory = child is DirectoryInfo && child.LinkTarget is null;
            var excluded = ignored.Excludes(name) && !_kept.Contains(name);
            if (!excluded)
                WriteEntry(tar, child, name, isDirectory);
            if (isDirectory && !(excluded && ignored.CanSkip(name) && !_kept.Any(k => k.StartsWith(name + "/", StringComparison.Ordinal))))
                WriteDirectory(tar, child.FullName, name + "/", ignored);
        }
    }

    static void WriteEntry(TarWriter tar, FileSystemInfo file, string name, bool isDirectory)
    {
        if (file.LinkTarget is { } target)
        {
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.SymbolicLink, name)
                {
                    LinkName = target,
                    Mode = (UnixFileMode)0x1FF,
                    ModificationTime = file.LastWriteTimeUtc,
                }
            );
            return;
        }
        var mode = File.GetUnixFileMode(file.FullName);
        if (isDirectory)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name + "/") { Mode = mode, ModificationTime = file.LastWriteTimeUtc });
            return;
        }
        // Sockets, devices and pipes have no place in a context.
        if (!file.Attributes.HasFlag(FileAttributes.Normal) && (file.Attributes & (FileAttributes.Device | FileAttributes.System)) != 0)
            return;
        using var content = Open(file.FullName);
        tar.WriteEntry(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = mode,
                ModificationTime = file.LastWriteTimeUtc,
                DataStream = content,
            }
        );
    }

    static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"error checking context: can't stat '{path}': {e.Message}");
        }
    }

    sealed class CountingStream(Stream inner) : WriteOnlyStream
    {
        public long Count { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            Count += buffer.Length;
        }

        public override void Flush() => inner.Flush();
    }
}
