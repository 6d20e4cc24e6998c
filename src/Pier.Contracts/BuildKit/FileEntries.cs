using System.Text;
using Google.Protobuf;
using Pier.Contracts.BuildKit.Files;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Contracts.BuildKit;

/// <summary>A tree's entries as they travel.</summary>
public static class FileEntries
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Stat ToStat(FileEntry entry)
    {
        var stat = new Stat
        {
            Path = ByteString.CopyFromUtf8(entry.Path),
            Mode = GoMode.OfKernel(entry.Mode),
            Uid = entry.UserId,
            Gid = entry.GroupId,
            Size = entry.Size,
            ModTime = entry.ModifiedAt,
            Linkname = ByteString.CopyFromUtf8(entry.LinkTarget),
            Devmajor = entry.DeviceMajor,
            Devminor = entry.DeviceMinor,
        };
        foreach (var (key, value) in entry.Attributes)
            stat.Xattrs.Add(key, ByteString.CopyFrom(value.Span));
        return stat;
    }

    /// <summary>
    /// Throws <see cref="InvalidParameterException"/> where a name is not UTF-8, or a number is none that a file can have.
    /// </summary>
    public static FileEntry ToEntry(Stat stat)
    {
        var path = Text(stat.Path);
        if (stat.Size < 0 || stat.Devmajor is < 0 or > uint.MaxValue || stat.Devminor is < 0 or > uint.MaxValue)
            throw new InvalidParameterException($"invalid directory sent by the client: {path}: bad size or device number");
        var mode = GoMode.ToKernel(stat.Mode);
        return new FileEntry
        {
            Path = path,
            Mode = mode,
            UserId = stat.Uid,
            GroupId = stat.Gid,
            Size = (mode & 0xF000) == 0x8000 ? stat.Size : 0,
            ModifiedAt = stat.ModTime,
            LinkTarget = Text(stat.Linkname),
            DeviceMajor = (uint)stat.Devmajor,
            DeviceMinor = (uint)stat.Devminor,
            Attributes =
                stat.Xattrs.Count == 0
                    ? NoAttributes
                    : stat.Xattrs.ToDictionary(x => x.Key, x => (ReadOnlyMemory<byte>)x.Value.ToByteArray()),
        };
    }

    static readonly Dictionary<string, ReadOnlyMemory<byte>> NoAttributes = [];

    static string Text(ByteString bytes)
    {
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidParameterException(
                $"invalid directory sent by the client: {Encoding.UTF8.GetString(bytes.Span)}: names have to be UTF-8",
                e
            );
        }
    }
}
