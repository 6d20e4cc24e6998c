namespace Pier.Api.Doors;

/// <summary>Which door a connection came through: what its requests are checked for depends on it.</summary>
/// <param name="Network">A TCP door, which browsers can reach.</param>
/// <param name="Tls">Behind TLS.</param>
sealed record Door(bool Network, bool Tls);
