namespace Pier.Store.Checking;

/// <summary>Something in a data root that is not as it should be.</summary>
/// <param name="Path">Below the root.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Remedy">What a repair does about it; null where it can do nothing.</param>
/// <param name="Harmless">A leftover that only takes space: no error.</param>
public sealed record Finding(string Path, string Problem, string? Remedy, bool Harmless = false)
{
    /// <summary>Carries the remedy out.</summary>
    internal Action? Repair { get; init; }

    public override string ToString() => $"{Path}: {Problem}{(Remedy is null ? "" : $" ({Remedy})")}";
}
