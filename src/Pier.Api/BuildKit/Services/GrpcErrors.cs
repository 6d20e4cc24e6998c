using Pier.Contracts.Grpc;
using Pier.Model;

namespace Pier.Api.BuildKit.Services;

/// <summary>The one map from errors to gRPC's codes.</summary>
static class GrpcErrors
{
    public static GrpcException Of(Exception error) => new(Code(error), Text(error), inner: error);

    static GrpcCode Code(Exception error) => error switch
    {
        NotFoundException => GrpcCode.NotFound,
        InvalidParameterException => GrpcCode.InvalidArgument,
        ConflictException => GrpcCode.AlreadyExists,
        ForbiddenException => GrpcCode.PermissionDenied,
        UnauthorizedException => GrpcCode.Unauthenticated,
        UnavailableException => GrpcCode.Unavailable,
        UnsupportedException or NotImplementedException => GrpcCode.Unimplemented,
        // A build that fails is nothing that went wrong here.
        EngineException => GrpcCode.Unknown,
        _ => GrpcCode.Internal,
    };

    static string Text(Exception error) => BuildErrorText.Of(error);
}
