namespace Pier.CompatTests.Flags;

/// <summary>One use of one flag of `run` and `create`, and what must come of it.</summary>
/// <param name="Flag">The long name without dashes.</param>
/// <param name="Words">The words on the command line, the flag among them.</param>
public sealed record FlagRow(string Flag, params string[] Words)
{
    /// <summary>Where `inspect` shows it ("HostConfig.CpuShares"), and what it shows there, as JSON.</summary>
    public string? Field { get; init; }
    public string? Value { get; init; }

    /// <summary>A shell line run in the container, and a pattern that its output matches.</summary>
    public string? Probe { get; init; }
    public string? Sees { get; init; }

    /// <summary>A part of what is said where the flag cannot be honoured: neither client makes a container.</summary>
    public string? Refusal { get; init; }

    /// <summary>Why it is refused, for the reader of docs/refused-flags.md.</summary>
    public string? Reason { get; init; }

    /// <summary>A warning that comes with the container, where the host's kernel lacks what the flag needs.</summary>
    public string? Warning { get; init; }

    /// <summary>The test that shows what the flag does, where the effect is the client's or needs a scene of its own.</summary>
    public string? Scene { get; init; }

    public override string ToString() => $"--{Flag} {string.Join(' ', Words.Where(w => w != "--" + Flag))}".TrimEnd();
}
