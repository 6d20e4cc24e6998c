using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Builds;

/// <summary>POST /build/cancel.</summary>
static class Cancel
{
    public static Task HandleAsync(ApiRequest request)
    {
        var id = request.Query.Text("id") ?? throw new InvalidParameterException("build ID not provided");
        request.Engine.Builds.Cancel(id);
        return request.AnswerAsync(StatusCodes.Status200OK);
    }
}
