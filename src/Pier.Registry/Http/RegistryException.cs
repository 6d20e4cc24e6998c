namespace Pier.Registry.Http;

/// <summary>A refusal in the specification's words: the HTTP status, the error code and a text for people.</summary>
sealed class RegistryException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;
    public string Code { get; } = code;
}
