using Pier.Contracts.BuildKit.Control;

namespace Pier.Cli.Builds.Progress;

/// <summary>Says nothing.</summary>
sealed class QuietDisplay : IBuildDisplay
{
    public void Show(StatusResponse status) { }

    public void End() { }
}
