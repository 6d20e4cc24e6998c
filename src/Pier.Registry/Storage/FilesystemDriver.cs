using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using Pier.Store;

namespace Pier.Registry.Storage;

/// <summary>
/// Objects as files under a directory. Reads are plain: small files and the page cache answer faster than a thread switch.
/// </summary>
sealed class FilesystemDriver : IStorageDriver
{
    const int SendBuffer = 256 << 10;

    readonly string _root;

    public FilesystemDriver(string root)
    {
        _root = root;
        // Temporary files have a directory of their own: every name beside a tag could be a tag.
        var temporary = PathOf(RegistryLayout.AllTemporary);
        if (Directory.Exists(temporary))
            Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
    }

    public ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct)
    {
        try
        {
            return ValueTask.FromResult<byte[]?>(File.ReadAllBytes(PathOf(key)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromResult<byte[]?>(null);
        }
    }

    public ValueTask WriteAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var temp = PathOf(RegistryLayout.Temporary(Guid.NewGuid().ToString("N")));
        using var file = File.OpenHandle(temp, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, bytes.Span, 0);
        DurableFile.Adopt(file, temp, PathOf(key));
        return ValueTask.CompletedTask;
    }

    public ValueTask AdoptAsync(SafeFileHandle file, string path, string key, CancellationToken ct)
    {
        DurableFile.Adopt(file, path, PathOf(key));
        return ValueTask.CompletedTask;
    }

    public ValueTask<StoredObject?> StatAsync(string key, CancellationToken ct) =>
        ValueTask.FromResult(
            new FileInfo(PathOf(key)) is { Exists: true } file ? new StoredObject(file.Length, file.LastWriteTimeUtc) : (StoredObject?)null
        );

    public async ValueTask SendAsync(string key, long offset, long count, PipeWriter output, CancellationToken ct)
    {
        using var file = File.OpenHandle(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        while (count > 0)
        {
            var memory = output.GetMemory(SendBuffer);
            if (memory.Length > count)
                memory = memory[..(int)count];
            var read = RandomAccess.Read(file, memory.Span, offset);
            if (read == 0)
                throw new EndOfStreamException($"{key} is shorter than it was");
            output.Advance(read);
            (offset, count) = (offset + read, count - read);
            if ((await output.FlushAsync(ct)).IsCompleted)
                return;
        }
    }

    public ValueTask<IReadOnlyList<string>> ChildrenAsync(string directory, CancellationToken ct)
    {
        var names = new List<string>();
        try
        {
            foreach (var entry in new DirectoryInfo(PathOf(directory)).EnumerateFileSystemInfos())
                names.Add(entry is DirectoryInfo ? entry.Name + "/" : entry.Name);
        }
        catch (DirectoryNotFoundException)
        {
            // A directory that is not there is empty.
        }
        return ValueTask.FromResult<IReadOnlyList<string>>(names);
    }

    public ValueTask<bool> DeleteAsync(string key, CancellationToken ct)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
            return ValueTask.FromResult(false);
        File.Delete(path);
        return ValueTask.FromResult(true);
    }

    string PathOf(string key) => Path.Combine(_root, key);

    public void Dispose() { }
}
