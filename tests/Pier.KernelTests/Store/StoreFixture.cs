using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store;
using Pier.Store.Tar;

namespace Pier.KernelTests.Store;

/// <summary>A store on a root of its own under /tmp, gone with the test.</summary>
sealed class TestStore : IDisposable
{
    TestStore(string root, StoreRoot store) => (Root, Store) = (root, store);

    public string Root { get; }
    public StoreRoot Store { get; private set; }

    /// <summary>With a directory given, the root is made there: on another file system.</summary>
    public static TestStore Open(string driver = "overlay", string? below = null)
    {
        var root = below is null ? NewDirectory() : Directory.CreateDirectory(Path.Combine(below, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            return new TestStore(root, StoreRoot.Open(root, driver));
        }
        catch
        {
            Directory.Delete(root, recursive: true);
            throw;
        }
    }

    public void Reopen(string driver = "overlay")
    {
        Store.Dispose();
        Store = StoreRoot.Open(Root, driver);
    }

    public static string NewDirectory() => Directory.CreateTempSubdirectory("pier-store-").FullName;

    /// <summary>Bytes of all files under the content, snapshots and spool directories that are not part of an empty store.</summary>
    public string[] Leftovers()
    {
        Store.DrainTrash();
        var layout = Store.Layout;
        return
        [
            .. Directory.GetFiles(layout.Blobs, "*", SearchOption.AllDirectories),
            .. Directory.GetFileSystemEntries(layout.Ingest),
            .. Directory.GetFileSystemEntries(layout.Spool),
            .. Directory.GetDirectories(layout.SnapshotLayers(Store.Snapshots.DriverName)).Where(d => Path.GetFileName(d) != "scratch"),
            .. Directory.GetFileSystemEntries(layout.SnapshotStaging(Store.Snapshots.DriverName)),
        ];
    }

    public void Dispose()
    {
        Store?.Dispose();
        // The framework's own deletion stumbles over names that are not UTF-8.
        Shell.Run("rm -rf $1", Root);
    }
}

/// <summary>Builds tars for tests, honest and hostile.</summary>
sealed class TarBuilder
{
    readonly MemoryStream _bytes = new();
    readonly TarWriter _writer;

    public TarBuilder() => _writer = new TarWriter(_bytes);

    public TarBuilder File(
        string name,
        string text = "",
        uint mode = 0x1A4,
        uint uid = 0,
        IReadOnlyDictionary<string, byte[]>? xattrs = null
    )
    {
        var data = System.Text.Encoding.UTF8.GetBytes(text);
        _writer.Write(
            new TarEntry
            {
                Name = name,
                Kind = TarKind.Regular,
                Mode = mode,
                Uid = uid,
                Gid = uid,
                Size = data.Length,
                Modified = new FileTime(1000, 0),
                Xattrs = xattrs,
            },
            new MemoryStream(data)
        );
        return this;
    }

    public TarBuilder Bytes(string name, byte[] data)
    {
        _writer.Write(
            new TarEntry
            {
                Name = name,
                Kind = TarKind.Regular,
                Mode = 0x1A4,
                Size = data.Length,
            },
            new MemoryStream(data)
        );
        return this;
    }

    public TarBuilder Directory(string name, uint mode = 0x1ED, IReadOnlyDictionary<string, byte[]>? xattrs = null) =>
        Add(
            new TarEntry
            {
                Name = name,
                Kind = TarKind.Directory,
                Mode = mode,
                Modified = new FileTime(2000, 0),
                Xattrs = xattrs,
            }
        );

    public TarBuilder Symlink(string name, string target) =>
        Add(
            new TarEntry
            {
                Name = name,
                Kind = TarKind.Symlink,
                LinkName = target,
                Mode = 0x1FF,
            }
        );

    public TarBuilder HardLink(string name, string target) =>
        Add(
            new TarEntry
            {
                Name = name,
                Kind = TarKind.HardLink,
                LinkName = target,
            }
        );

    public TarBuilder Add(TarEntry entry)
    {
        _writer.Write(entry);
        return this;
    }

    public byte[] Build()
    {
        _writer.Finish();
        return _bytes.ToArray();
    }
}

/// <summary>Reads of a mounted root file system through its fd.</summary>
static class Mounted
{
    public static string Text(this SafeFileHandle root, string path)
    {
        using var file = At.OpenIn(root, path, OpenFlags.ReadOnly, Resolve.InRoot);
        using var stream = new FileStream(file, FileAccess.Read);
        return new StreamReader(stream).ReadToEnd();
    }

    public static bool Has(this SafeFileHandle root, string path) => FileStat.Find(root, path) is not null;

    public static string[] Names(this SafeFileHandle root, string path)
    {
        using var directory = At.OpenIn(root, path, OpenFlags.Directory, Resolve.InRoot);
        return [.. DirectoryReader.Read(directory).Select(e => e.Name).Order(StringComparer.Ordinal)];
    }
}
