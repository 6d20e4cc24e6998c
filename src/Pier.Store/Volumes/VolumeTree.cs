using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Snapshots;

namespace Pier.Store.Volumes;

/// <summary>A volume's content, wherever its driver keeps it.</summary>
public sealed class VolumeTree
{
    readonly string path;
    readonly Trash trash;

    internal VolumeTree(string path, Trash trash) => (this.path, this.trash) = (path, trash);

    /// <summary>
    /// Copies what an image has at a path into a volume that is still empty, owner and mode of the directory itself included. False when
    /// nothing was copied.
    /// </summary>
    public bool CopyUp(SafeFileHandle root, string source) =>
        Border.Cross(() =>
        {
            using var target = OpenData();
            if (DirectoryReader.Read(target).Count > 0)
                return false;
            SafeFileHandle found;
            try
            {
                found = At.OpenIn(root, source, OpenFlags.Directory, Resolve.InRoot | Resolve.NoMagicLinks);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                return false;
            }
            using (found)
                TreeCopy.Copy(found, target);
            return true;
        });

    /// <summary>Whether a volume holds nothing.</summary>
    public bool IsEmpty() =>
        Border.Cross(() =>
        {
            using var data = OpenData();
            return DirectoryReader.Read(data).Count == 0;
        });

    /// <summary>A detached mount of a directory or file inside a volume; no link leads out of it. Throws when it is not there.</summary>
    public SafeFileHandle OpenSubpath(string subpath, bool readOnly) =>
        Border.Cross(() =>
        {
            using var data = OpenData();
            return Subpaths.Open(data, subpath, $"{path}/{subpath}", readOnly);
        });

    /// <summary>What a volume takes on disk.</summary>
    public DiskUsage Usage() => Border.Cross(() => DiskUsage.Of(path));

    /// <summary>Writes a volume's content as a tar: owners, modes, times, attributes, hard links. Names start with "./".</summary>
    public void Export(Stream target, CancellationToken ct) =>
        Border.Cross(() =>
        {
            using var data = OpenData();
            new TreeArchive(target, ct).Write(data);
        });

    /// <summary>
    /// Unpacks a tar (gzip or plain) over a volume's content; no entry leads out of it. Throws <see cref="InvalidParameterException"/> for
    /// a broken one.
    /// </summary>
    public void Import(Stream tar) =>
        Border.Cross(() =>
        {
            using var data = OpenData();
            using var plain = Layers.Decompression.Open(tar);
            using var unpacker = new Trees.PlainUnpacker(data, trash);
            unpacker.Unpack(new Tar.TarReader(plain));
        });

    SafeFileHandle OpenData() => At.Open(At.WorkingDirectory, path, OpenFlags.Directory | OpenFlags.NoFollow);
}
