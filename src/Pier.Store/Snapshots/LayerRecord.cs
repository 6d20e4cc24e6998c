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
}

[JsonSerializable(typeof(LayerRecord))]
sealed partial class SnapshotJson : JsonSerializerContext;
