using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Store.Snapshots;

/// <summary>What is known of a committed layer. Size is the sum of its regular files' bytes, as Docker counts.</summary>
public sealed record LayerRecord
{
    public required Digest ChainId { get; init; }
    public Digest? Parent { get; init; }
    public required Digest DiffId { get; init; }
    public required long Size { get; init; }

    /// <summary>
    /// The boot (proc(5), /proc/sys/kernel/random/boot_id) in which it was unpacked, until its files are known to be on the disk. After
    /// another boot such a layer may have lost data: it is unpacked anew from its blob, which is durable.
    /// </summary>
    public string? UnsyncedBoot { get; init; }
}

[JsonSerializable(typeof(LayerRecord))]
sealed partial class SnapshotJson : JsonSerializerContext;
