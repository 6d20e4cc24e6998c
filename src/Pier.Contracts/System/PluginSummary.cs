namespace Pier.Contracts;

/// <summary>A row of GET /plugins.</summary>
public sealed record PluginSummary(string Id, string Name, bool Enabled);
