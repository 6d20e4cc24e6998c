namespace Pier.Store;

/// <summary>What an archive may ask of the engine; more is refused. Large images have some hundred thousand entries a layer.</summary>
public sealed record UnpackLimits
{
    public static UnpackLimits Default { get; } = new();

    /// <summary>Entries of one archive.</summary>
    public long Entries { get; init; } = 4 << 20;

    /// <summary>
    /// Characters of the paths that are remembered while an archive is unpacked: those of its directories, whose times are set last.
    /// </summary>
    public long RememberedText { get; init; } = 64 << 20;
}
