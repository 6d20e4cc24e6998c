using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Trees;

namespace Pier.Store.Builds;

/// <summary>
/// The digest of a selection of a tree's files: paths, kinds, modes, owners, link targets, device numbers, attributes and content; not
/// their times. Every part has its length before it, so that no two selections give the same bytes.
/// </summary>
sealed class TreeHash(FileHashes files, bool owners) : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly Dictionary<(uint, uint, ulong), string> _linked = [];

    /// <summary>
    /// Adds what a path leads to, under a name of the caller's; a directory's own metadata does not count, what is in it does.
    /// </summary>
    internal void Add(SourceTree tree, string path, string name, TreeFilter? filter, CancellationToken ct)
    {
        Text(name);
        if (tree.Locate(path) is not { } found)
        {
            Number(0);
            return;
        }
        using var parentOfTop = found.Directory;
        if (!found.Stat.IsDirectory)
        {
            AddEntry(parentOfTop, found.Name, "", found.Stat);
            return;
        }
        Number(1);
        using var directory = At.Open(parentOfTop, found.Name, OpenFlags.Directory);
        TreeWalk.Visit(
            directory,
            (parent, child, inside, childStat) =>
            {
                if (filter?.Leaves(inside, childStat.IsDirectory) == true)
                    return childStat.IsDirectory;
                AddEntry(parent, child, inside, childStat);
                return true;
            },
            ct
        );
    }

    internal byte[] Finish() => _hash.GetHashAndReset();

    void AddEntry(SafeFileHandle parent, string name, string path, FileStat stat)
    {
        using var held = At.Open(parent, name, OpenFlags.Path | OpenFlags.NoFollow);
        AddHeld(held, stat, path);
        foreach (var attribute in Xattrs.List(parent, name).Order(StringComparer.Ordinal))
        {
            if (TreeMetadata.IsOwn(attribute) || Xattrs.Get(parent, name, attribute) is not { } value)
                continue;
            Text(attribute);
            Bytes(value);
        }
    }

    void AddHeld(SafeFileHandle held, FileStat stat, string path)
    {
        Text(path);
        Number(stat.IsSymlink ? stat.Type : stat.Mode);
        if (owners)
        {
            Number(stat.Uid);
            Number(stat.Gid);
        }
        if (stat.IsSymlink)
            Text(At.ReadLink(held, ""));
        else if (stat.IsRegular)
            AddContent(held, stat, path);
        else if (!stat.IsDirectory)
            Number(At.Device(stat.RdevMajor, stat.RdevMinor));
    }

    // A second name of a file is told by the first: the copy will be linked as well.
    void AddContent(SafeFileHandle held, FileStat stat, string path)
    {
        if (stat.Links > 1 && !_linked.TryAdd(stat.Identity, path))
            Text(_linked[stat.Identity]);
        else
            Bytes(files.Hash(held, stat));
    }

    void Text(string text) => Bytes(PathText.Encode(text));

    void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number((ulong)bytes.Length);
        _hash.AppendData(bytes);
    }

    void Number(ulong number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    public void Dispose() => _hash.Dispose();
}
