using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pier.Model;

namespace Pier.Api.Http;

/// <summary>The one map from errors to HTTP: status and message as Docker's clients expect them.</summary>
static class ErrorMap
{
    public static int Status(Exception error) =>
        error switch
        {
            NotModifiedException => StatusCodes.Status304NotModified,
            InvalidParameterException or Model.Builds.DockerfileException => StatusCodes.Status400BadRequest,
            UnauthorizedException => StatusCodes.Status401Unauthorized,
            ForbiddenException => StatusCodes.Status403Forbidden,
            NotFoundException => StatusCodes.Status404NotFound,
            ConflictException => StatusCodes.Status409Conflict,
            UnsupportedException or NotImplementedException => StatusCodes.Status501NotImplemented,
            UnavailableException => StatusCodes.Status503ServiceUnavailable,
            // The command cannot be run (126, 127): the request's fault. Anything else: the engine's.
            StartFailedException { ExitCode: 126 or 127 } => StatusCodes.Status400BadRequest,
            BadHttpRequestException http => http.StatusCode,
            JsonException => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status500InternalServerError,
        };

    public static string Message(Exception error) =>
        error switch
        {
            JsonException json => "invalid JSON: " + json.Message,
            NotImplementedException => "not implemented: this version of Pier does not do this yet",
            _ => error.Message,
        };
}
