using Pier.Engine.Builds;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Solving;

/// <summary>A build as a frontend's attributes ask for it; its files and its watchers are still to come.</summary>
/// <param name="RemoteContext">The context when it is no directory of the client: the address of a git repository or an archive; ""
/// otherwise.</param>
/// <param name="Question">What is asked about it instead; null to build it.</param>
sealed record FrontendBuild(BuildRequest Request, string RemoteContext, BuildQuestion? Question = null);
