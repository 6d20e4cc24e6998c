using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Images;

/// <summary>POST /images/{name}/tag.</summary>
static class Tag
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Images.TagAsync(
            request.Name,
            request.Query.Text("repo") ?? "",
            request.Query.Text("tag") ?? "latest",
            request.Aborted
        );
        await request.AnswerAsync(StatusCodes.Status201Created);
    }
}
