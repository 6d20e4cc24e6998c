using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>How numbers of a measure compare.</summary>
enum Better
{
    Lower,
    Higher,
}

/// <summary>One line of the table: what is measured, its unit, and how one round of it yields samples.</summary>
/// <param name="Title">As the table shows it.</param>
/// <param name="Unit">Unit of a sample.</param>
/// <param name="Better">Which direction is good.</param>
/// <param name="Round">Takes a round's samples from one engine.</param>
sealed record Measure(string Title, string Unit, Better Better, Func<Engine, Task<IReadOnlyList<double>>> Round);
