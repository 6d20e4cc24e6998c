using Pier.Model;

namespace Pier.Build.Graph;

/// <summary>One platform of a build. The plan's own platform may be another: FROM --platform says so.</summary>
public sealed record PlatformBuild(Platform Platform, BuildPlan Plan)
{
    /// <summary>Where its files go among those of other platforms: "linux_arm_v7".</summary>
    public string Directory => Platform.ToString().Replace('/', '_');
}
