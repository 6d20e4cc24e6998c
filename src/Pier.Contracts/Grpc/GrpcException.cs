using Pier.Contracts.BuildKit.Errors;

namespace Pier.Contracts.Grpc;

/// <summary>A call that ended with another status than OK: sent to a client, or received from a server.</summary>
public sealed class GrpcException(GrpcCode code, string message, Status? details = null, Exception? inner = null)
    : Exception(message, inner)
{
    public GrpcCode Code { get; } = code;

    /// <summary>What travels in "grpc-status-details-bin"; null when the code and the message say it all.</summary>
    public Status? Details { get; } = details;
}
