using Pier.Model;
using Pier.Model.Notation;

namespace Pier.Engine.Containers;

/// <summary>What `kill --signal` and `stop` send.</summary>
static class Signals
{
    public const int Kill = 9,
        Terminate = 15;

    /// <summary>The signal's number; throws Docker's error for what is none.</summary>
    public static int Parse(string text) =>
        SignalName.TryParse(text, out var number) ? number : throw new InvalidParameterException($"invalid signal: {text}");
}
