using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>Every error's body: {"message": "..."}.</summary>
public sealed record ErrorResponse([property: JsonPropertyName("message")] string Message);
