using System.Security.Cryptography;
using Pier.Model;

namespace Pier.Store.Checking;

/// <summary>The blobs that are what their names say, with their sizes, and what is wrong with the others.</summary>
sealed record BlobReport(IReadOnlyDictionary<Digest, long> Good, IReadOnlyList<Finding> Findings);

/// <summary>Reads every blob.</summary>
sealed class BlobCheck(Layout layout)
{
    internal BlobReport Run(CancellationToken ct)
    {
        var (good, findings) = (new Dictionary<Digest, long>(), new List<Finding>());
        foreach (var algorithm in new[] { "sha256", "sha512" })
        {
            foreach (var file in FilesOf(Path.Combine(layout.Blobs, algorithm)))
            {
                ct.ThrowIfCancellationRequested();
                if (!Digest.TryParse($"{algorithm}:{Path.GetFileName(file)}", out var digest))
                    findings.Add(Bad(file, "its name is no digest"));
                else if (Actual(file, algorithm) is var actual && actual != digest.Hex)
                    findings.Add(Bad(file, $"its digest is {algorithm}:{actual}"));
                else
                    good[digest] = new FileInfo(file).Length;
            }
        }
        return new BlobReport(good, findings);
    }

    Finding Bad(string file, string problem) =>
        new(StoreCheck.Below(layout, file), problem, "removed") { Repair = () => File.Delete(file) };

    static IEnumerable<string> FilesOf(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal) : [];

    static string Actual(string file, string algorithm)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(algorithm == "sha512" ? SHA512.HashData(stream) : SHA256.HashData(stream));
    }
}
