using System.Formats.Tar;
using System.IO.Compression;

namespace Pier.Cli.Contexts;

/// <summary>
/// A context in one file, as `context export` writes it: meta.json and tls/ENDPOINT/FILE. An archive is read and checked whole before
/// anything of it is written down; entries that are neither are refused, links too.
/// </summary>
sealed record ContextBundle(ContextRecord Context, IReadOnlyList<TlsFile> Tls)
{
    /// <summary>Docker's bound of an archive; here it also bounds what an archive unpacks to.</summary>
    const int Limit = 10 << 20;

    const int TarBlock = 512;

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public void WriteTar(Stream target)
    {
        using var tar = new TarWriter(target, TarEntryFormat.Ustar, leaveOpen: true);
        Add(tar, "meta.json", Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead, Context.ToJson());
        Add(tar, "tls", Private | UnixFileMode.UserExecute, null);
        foreach (var endpoint in Tls.GroupBy(f => f.Endpoint))
        {
            Add(tar, $"tls/{endpoint.Key}", Private | UnixFileMode.UserExecute, null);
            foreach (var file in endpoint)
                Add(tar, $"tls/{file.Endpoint}/{file.Name}", Private, file.Content);
        }
    }

    static void Add(TarWriter tar, string name, UnixFileMode mode, byte[]? content)
    {
        var entry = new UstarTarEntry(content is null ? TarEntryType.Directory : TarEntryType.RegularFile, name)
        {
            Mode = mode,
            ModificationTime = DateTimeOffset.UnixEpoch,
        };
        if (content is not null)
            entry.DataStream = new MemoryStream(content);
        tar.WriteEntry(entry);
    }

    /// <summary>Reads a tar or a zip.</summary>
    public static ContextBundle Read(Stream source)
    {
        var archive = ReadBounded(source);
        try
        {
            return From(archive.AsSpan().StartsWith("PK"u8) ? ZipFiles(archive) : TarFiles(archive));
        }
        catch (InvalidDataException e)
        {
            throw new CliFailure(e.Message);
        }
        catch (EndOfStreamException)
        {
            throw new CliFailure("unexpected EOF");
        }
    }

    static ContextBundle From(IEnumerable<(string Name, byte[] Content)> files)
    {
        ContextRecord? context = null;
        var tls = new Dictionary<(string, string), TlsFile>();
        foreach (var (name, content) in files)
        {
            if (name == "meta.json")
                context = ContextRecord.Parse(content);
            else
            {
                var file = TlsOf(name, content);
                tls[(file.Endpoint, file.Name)] = file;
            }
        }
        return new ContextBundle(context ?? throw new CliFailure("invalid context: no metadata found"), [.. tls.Values]);
    }

    static TlsFile TlsOf(string name, byte[] content)
    {
        var parts = name.Split('/');
        if (parts[0] != "tls" || name.Contains('\\'))
            throw new CliFailure($"{name}: unexpected context file");
        if (parts.Any(p => p is "" or "." or ".." || p.Any(char.IsControl)))
            throw new CliFailure($"{name}: unexpected path format");
        return parts is [_, var endpoint, var file]
            ? new TlsFile(endpoint, file, content)
            : throw new CliFailure("archive format is invalid");
    }

    static IEnumerable<(string Name, byte[] Content)> TarFiles(byte[] archive)
    {
        if (archive.Length is > 0 and < TarBlock)
            throw new EndOfStreamException();
        // Docker's own exports lack the end of a tar and the padding of the last file.
        var padded = new byte[(archive.Length + TarBlock - 1) / TarBlock * TarBlock];
        archive.CopyTo(padded, 0);
        using var tar = new TarReader(new MemoryStream(padded));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.Directory)
                continue;
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                throw new CliFailure($"{entry.Name}: unexpected context file");
            if (entry.Length > 0 && entry.DataOffset + entry.Length > archive.Length)
                throw new EndOfStreamException();
            yield return (entry.Name, entry.DataStream is null ? [] : ReadBounded(entry.DataStream));
        }
    }

    static IEnumerable<(string Name, byte[] Content)> ZipFiles(byte[] archive)
    {
        using var zip = OpenZip(archive);
        long total = 0;
        foreach (var entry in zip.Entries)
        {
            if (entry.FullName.EndsWith('/'))
                continue;
            using var content = entry.Open();
            var bytes = ReadBounded(content);
            total += bytes.Length;
            if (total > Limit)
                throw TooLarge();
            yield return (entry.FullName, bytes);
        }
    }

    static ZipArchive OpenZip(byte[] archive)
    {
        try
        {
            return new ZipArchive(new MemoryStream(archive), ZipArchiveMode.Read);
        }
        catch (InvalidDataException)
        {
            throw new CliFailure("zip: not a valid zip file");
        }
    }

    static byte[] ReadBounded(Stream source)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = source.Read(buffer)) > 0)
        {
            if (whole.Length + count > Limit)
                throw TooLarge();
            whole.Write(buffer, 0, count);
        }
        return whole.ToArray();
    }

    static CliFailure TooLarge() => new("read exceeds the defined limit");
}
