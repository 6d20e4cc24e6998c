using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/start.</summary>
static class Start
{
    public static async Task HandleAsync(ApiRequest request)
    {
        // Docker's rule to the byte: seven are an empty body in any old client's notation.
        if (request.Http.Request.ContentLength is > 7)
            throw new InvalidParameterException(
                "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24"
            );
        if (request.Query.Text("checkpoint") is { Length: > 0 })
            throw new InvalidParameterException("checkpoint is only supported in experimental mode");
        await request.Engine.Containers.StartAsync(request.Name, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
