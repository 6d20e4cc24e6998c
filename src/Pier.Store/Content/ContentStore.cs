using System.Security.Cryptography;
using Pier.Linux.Files;
using Pier.Model;

namespace Pier.Store.Content;

/// <summary>Content by digest: the blobs of the OCI image layout. What is visible is whole and verified. Thread-safe.</summary>
public sealed class ContentStore
{
    readonly Layout _layout;
    readonly Lock _gate = new();
    readonly Dictionary<Digest, int> _leased = [];
    readonly BlobSync _sync;
    readonly PartialBlobs _partials;

    internal ContentStore(Layout layout)
    {
        _layout = layout;
        _sync = new BlobSync(layout);
        Directory.CreateDirectory(layout.Ingest);
        _partials = new PartialBlobs(layout);
        Directory.CreateDirectory(Path.Combine(layout.Blobs, "sha256"));
        Directory.CreateDirectory(Path.Combine(layout.Blobs, "sha512"));
    }

    public bool Has(Digest digest) => Size(digest) is not null;

    /// <summary>Bytes of a blob, or null.</summary>
    public long? Size(Digest digest) => new FileInfo(_layout.Blob(digest)) is { Exists: true } file ? file.Length : null;

    /// <summary>Bytes that a blob takes on disk; 0 when it is not there.</summary>
    internal long Usage(Digest digest) => FileStat.Find(At.WorkingDirectory, _layout.Blob(digest))?.AllocatedBytes ?? 0;

    /// <summary>Opens a blob; throws <see cref="NotFoundException"/>.</summary>
    public FileStream Open(Digest digest)
    {
        try
        {
            return new FileStream(
                _layout.Blob(digest),
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                128 << 10,
                FileOptions.SequentialScan
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NotFoundException($"content digest {digest}: not found", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostFailureException(e.Message, e);
        }
    }

    /// <summary>Reads a whole small blob (at most <see cref="ImageDocument.MaxSize"/> bytes).</summary>
    public byte[] Read(Digest digest)
    {
        using var blob = Open(digest);
        if (blob.Length > ImageDocument.MaxSize)
            throw new InvalidParameterException($"content {digest} is larger than {ImageDocument.MaxSize} bytes");
        var bytes = new byte[blob.Length];
        blob.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Protects what is written or named through it from garbage collection until it is disposed.</summary>
    public ContentLease Lease() => new(this);

    /// <summary>Every blob.</summary>
    public IEnumerable<Digest> All() =>
        from algorithm in new[] { "sha256", "sha512" }
        from file in Directory.EnumerateFiles(Path.Combine(_layout.Blobs, algorithm))
        select Digest.TryParse($"{algorithm}:{Path.GetFileName(file)}", out var digest) ? digest : (Digest?)null into found
        where found is not null
        select found.Value;

    /// <summary>Deletes a blob unless a lease holds it; answers its size, 0 when it stays.</summary>
    internal long Delete(Digest digest)
    {
        lock (_gate)
        {
            if (_leased.ContainsKey(digest))
                return 0;
            var size = Size(digest) ?? 0;
            File.Delete(_layout.Blob(digest));
            _sync.Forget(digest);
            return size;
        }
    }

    internal bool IsLeased(Digest digest)
    {
        lock (_gate)
            return _leased.ContainsKey(digest);
    }

    internal void Hold(Digest digest)
    {
        lock (_gate)
            _leased[digest] = _leased.GetValueOrDefault(digest) + 1;
    }

    internal void Release(Digest digest)
    {
        lock (_gate)
        {
            if (--_leased[digest] == 0)
                _leased.Remove(digest);
        }
    }

    /// <summary>Copies a stream to the ingest directory, syncs it, verifies it and gives it its name, held by the lease.</summary>
    internal Descriptor Ingest(
        ContentLease lease,
        Stream content,
        string mediaType,
        Digest? expected,
        long? size,
        CancellationToken ct,
        bool durable = true
    ) => Ingest(lease, mediaType, expected, size, file => Spool(file, content, expected?.Algorithm ?? "sha256", size, ct), durable);

    /// <summary>
    /// The same for what an operation writes; not durable yet when it returns, unless asked for: see <see cref="Settle"/>.
    /// </summary>
    internal Descriptor Ingest(ContentLease lease, Action<Stream> write, string mediaType, bool durable)
    {
        var content = Ingest(
            lease,
            mediaType,
            null,
            null,
            file =>
            {
                using var hashing = new HashingWriteStream(file);
                write(hashing);
                hashing.Flush();
                return (hashing.Digest, file.Length);
            },
            durable
        );
        if (!durable)
            _sync.Begin(content.Digest);
        return content;
    }

    /// <summary>Waits until blobs are durable.</summary>
    internal void Settle(IReadOnlyCollection<Digest> blobs) => _sync.Wait(blobs);

    /// <summary>Begins with one of them.</summary>
    internal void BeginSettling(Digest blob) => _sync.Begin(blob);

    /// <summary>Whether a blob would outlive a crash of the machine.</summary>
    internal bool IsSettled(Digest blob) => _sync.IsDone(blob);

    Descriptor Ingest(
        ContentLease lease,
        string mediaType,
        Digest? expected,
        long? size,
        Func<FileStream, (Digest Digest, long Length)> spool,
        bool durable = true
    )
    {
        var temp = Path.Combine(_layout.Ingest, Guid.NewGuid().ToString("N"));
        try
        {
            (Digest Digest, long Length) written;
            using (var file = new FileStream(temp, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0))
            {
                written = spool(file);
                if (durable)
                    Durability.Sync(file.SafeFileHandle, temp);
            }
            var (digest, length) = written;
            if (size is { } wanted && wanted != length)
                throw new InvalidParameterException($"content has {length} bytes, expected {wanted}");
            if (expected is { } name && name != digest)
                throw new InvalidParameterException($"content digest is {digest}, expected {name}");
            lease.Hold(digest);
            if (durable)
            {
                Adopt(temp, digest);
            }
            else
            {
                AdoptLater(temp, digest, length);
            }
            return new Descriptor
            {
                MediaType = mediaType,
                Digest = digest,
                Size = length,
            };
        }
        finally
        {
            File.Delete(temp);
        }
    }

    /// <summary>Opens what an earlier transfer of a blob left, or an empty file for it.</summary>
    internal PartialBlob Resume(Descriptor content) => _partials.Open(content, this);

    /// <summary>A file for a blob that comes once; <paramref name="expected"/> is null where only its bytes tell the digest.</summary>
    internal PartialBlob Receive(Digest? expected, long size) => _partials.Open(expected, size, this);

    /// <summary>Removes what transfers left that nobody took up again.</summary>
    internal void DropOldPartials() => _partials.DropOld();

    /// <summary>Gives a file that is whole, verified and synced its name.</summary>
    internal void Adopt(string temp, Digest digest)
    {
        var blob = _layout.Blob(digest);
        File.Move(temp, blob, overwrite: true);
        Durability.SyncDirectory(Path.GetDirectoryName(blob)!);
    }

    /// <summary>Gives a file that is whole and verified its name; it is durable after <see cref="Settle"/>.</summary>
    internal void AdoptLater(string temp, Digest digest, long size)
    {
        if (Size(digest) == size)
            return;
        File.Move(temp, _layout.Blob(digest), overwrite: true);
        _sync.Note(digest);
    }

    static (Digest Digest, long Length) Spool(FileStream file, Stream content, string algorithm, long? size, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
        var buffer = new byte[256 << 10];
        long length = 0;
        for (int read; (read = content.Read(buffer)) > 0; )
        {
            ct.ThrowIfCancellationRequested();
            length += read;
            if (length > size)
                throw new InvalidParameterException($"content is longer than the expected {size} bytes");
            hash.AppendData(buffer, 0, read);
            file.Write(buffer, 0, read);
        }
        return (Digest.Parse($"{algorithm}:{Convert.ToHexStringLower(hash.GetHashAndReset())}"), length);
    }
}
