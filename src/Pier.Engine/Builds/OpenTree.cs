using Pier.Engine.Builds.Sessions;
using Pier.Store.Contexts;

namespace Pier.Engine.Builds;

public sealed partial class FinishedBuild
{
    /// <summary>The tree's files, for a directory of the client. Must be disposed before this is.</summary>
    public OutputSender OpenTree() => new(new OutputTree(parts.Store.Builds.OpenLayers(Result[Plan.Root].ChainId)));
}
