using Pier.Build.Solver;

namespace Pier.Build.Cache.Portable;

/// <summary>A step of a build that is over, as another builder would look for it.</summary>
/// <param name="Keys">64 hex digits each; the first one is what the step is.</param>
/// <param name="Identity">What steps over it know it by.</param>
/// <param name="Tree">What it made; a linked step's layer alone.</param>
/// <param name="IsOfResult">The result stands on it: what mode=min takes.</param>
public sealed record CacheEntry(IReadOnlyList<string> Keys, string Identity, BuiltTree Tree, bool IsOfResult);
