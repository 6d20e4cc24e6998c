using Pier.Engine.Builds.Sessions;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    /// <summary>A session as the client of one build. Dispose it when the build has ended.</summary>
    public SessionClient Connect(IBuildSession session) =>
        new(session, parts.Store.Contexts, Path.Combine(parts.Options.ExecRoot, "builds"), LimitCache);
}
