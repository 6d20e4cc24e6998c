using Pier.Contracts.BuildKit;
using Pier.Contracts.BuildKit.Errors;
using Pier.Contracts.Grpc;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Services;

/// <summary>The one map from errors to gRPC's codes.</summary>
static class GrpcErrors
{
    public static GrpcException Of(Exception error) => new(Code(error), Text(error), inner: error);

    /// <summary>The same with the place in the file, so that clients can show its lines.</summary>
    public static GrpcException Of(Exception error, BuildFailure failure)
    {
        var status = new Status { Code = (int)Code(error), Message = Text(error) };
        status.Details.Add(
            ErrorDetails.Of(
                new SourceDetail
                {
                    Info = new SourceDetailInfo
                    {
                        FileName = failure.FileName,
                        Data = failure.Text.ToArray(),
                        Language = "Dockerfile",
                    },
                    Ranges =
                    [
                        new SourceDetailRange
                        {
                            Start = new() { Line = failure.FirstLine },
                            End = new() { Line = failure.LastLine },
                        },
                    ],
                }
            )
        );
        if (failure.Vertex is { } vertex)
            status.Details.Add(ErrorDetails.Of(new VertexDetail { Digest = vertex.ToString() }));
        return new GrpcException(Code(error), Text(error), status, error);
    }

    static GrpcCode Code(Exception error) =>
        error switch
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
