using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Model;

namespace Pier.Registry.Uploads;

/// <summary>The bytes of one upload so far, with their hash. Used by one request at a time.</summary>
sealed class UploadSession : IDisposable
{
    const int RehashBuffer = 256 << 10;

    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    SafeFileHandle? _file;

    /// <summary>Hashes what an earlier process left of an upload.</summary>
    public UploadSession(string path)
    {
        Path = path;
        Open();
        var length = RandomAccess.GetLength(File);
        var buffer = length > 0 ? new byte[RehashBuffer] : [];
        while (Offset < length)
        {
            var read = RandomAccess.Read(File, buffer, Offset);
            _hash.AppendData(buffer, 0, read);
            Offset += read;
        }
    }

    public string Path { get; }
    public SafeFileHandle File => _file ?? throw new InvalidOperationException("the upload is not taken");

    /// <summary>Bytes received.</summary>
    public long Offset { get; private set; }

    /// <summary>A resting upload holds no descriptor: clients may begin thousands.</summary>
    public void Open() => _file ??= System.IO.File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite);

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>
    /// Appends a body as it comes in; the answer is how many bytes came. When the client or the disk fails in the middle, what came whole
    /// stays and the upload can be resumed.
    /// </summary>
    public async ValueTask<long> AppendAsync(PipeReader body, CancellationToken ct)
    {
        var start = Offset;
        while (true)
        {
            var read = await body.ReadAsync(ct);
            foreach (var segment in read.Buffer)
            {
                RandomAccess.Write(File, segment.Span, Offset);
                _hash.AppendData(segment.Span);
                Offset += segment.Length;
            }
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return Offset - start;
        }
    }

    /// <summary>Whether what came is what a digest names.</summary>
    public bool Is(Digest digest)
    {
        if (digest.Algorithm == "sha256")
            return Digest.FromSha256(_hash.GetCurrentHash()) == digest;
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Convert.ToHexStringLower(SHA512.HashData(file)) == digest.Hex;
    }

    /// <summary>Cuts the file back to what was hashed, after a write that failed half way.</summary>
    public void Trim() => RandomAccess.SetLength(File, Offset);

    public void Dispose()
    {
        _hash.Dispose();
        Close();
    }
}
