using Pier.Contracts.BuildKit.Control;

namespace Pier.Cli.Builds.Progress;

/// <summary>Shows a build while it runs.</summary>
interface IBuildDisplay
{
    void Show(StatusResponse status);

    /// <summary>Nothing more comes.</summary>
    void End();
}
