namespace Pier.Contracts;

/// <summary>An answer that is one id, as exec create and commit give.</summary>
public sealed record IdResponse(string Id);
